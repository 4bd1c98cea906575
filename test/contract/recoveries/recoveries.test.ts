import { describe, expect, it } from "vitest";
import {
  cancelled,
  newRecovery,
  published,
  type Recovery,
  stepBegun,
  stepDone,
} from "../../../lambdas/recoveries/model/recovery.ts";
import { newId } from "../../../lambdas/shared/ids.ts";
import { logged, newAccount, random } from "../examples.ts";
import { IMPLEMENTATIONS, openPorts } from "../implementations.ts";

const AT = 1_795_200_000_000;

function recoveryWith(more: Partial<Recovery> = {}): Recovery {
  const start = { since: AT - 1_000, until: AT, statuses: ["exhausted", "cancelled"] } as const;
  const estimate = { deliveries: 3, isComplete: true };
  const id = newId("rec", more.createdAt ?? AT, random);
  return {
    ...newRecovery({ ...start, id, account: newAccount(), request: "r", estimate, retentionDays: 30 }, AT),
    ...more,
  };
}

describe.each(IMPLEMENTATIONS)("recoveries: %s", (implementation) => {
  const open = openPorts(implementation);

  it("a recovery is read as it was added, and stays as it was if it is added again", async () => {
    const { recoveries } = open();
    const full = recoveryWith({ endpoint: "ep_1", types: ["a", "b.*"], behind: { ep_2: "evt_1" } });
    for (const recovery of [recoveryWith(), full]) {
      await recoveries.add(recovery);
      await recoveries.add({ ...recovery, resent: 9 });
      expect(await recoveries.find(recovery.account, recovery.id)).toEqual(recovery);
      expect(await recoveries.find(newAccount(), recovery.id)).toBeUndefined();
    }
    expect(await recoveries.read([full, { account: newAccount(), id: full.id }])).toEqual([full]);
  });

  it("a change is saved only over the version that it was made from, and never undoes a request to cancel", async () => {
    const { recoveries } = open();
    const recovery = recoveryWith();
    await recoveries.add(recovery);
    const begun = stepBegun(recovery, AT + 1, AT + 60_000);
    expect(await recoveries.save(begun)).toBe(true);
    expect(await recoveries.save(begun)).toBe(false);
    expect(await recoveries.find(recovery.account, recovery.id)).toEqual(begun);
    await recoveries.requestCancel(recovery.account, recovery.id, AT + 2);
    await recoveries.requestCancel(recovery.account, recovery.id, AT + 3);
    const progress = { after: "evt_9", isScanned: false, scannedUntil: AT - 500, behind: { ep_1: "evt_8" } };
    const done = stepDone(begun, { ...progress, resent: 2, skipped: 1, isHeldBack: false }, AT + 4, 0);
    expect(await recoveries.save(done)).toBe(true);
    const found = await recoveries.find(recovery.account, recovery.id);
    expect(found).toEqual({ ...done, cancelRequestedAt: AT + 2 });
    expect(found?.stepUntil).toBeUndefined();
    const over = cancelled(done, AT + 5);
    expect(await recoveries.save(over)).toBe(true);
    expect(await recoveries.find(recovery.account, recovery.id)).toMatchObject({ status: "cancelled", resent: 2 });
    expect(await recoveries.save(published(over))).toBe(true);
    expect(await recoveries.find(recovery.account, recovery.id)).toMatchObject({
      finishedAt: AT + 5,
      isPublished: true,
    });
    expect(await recoveries.save({ ...recoveryWith(), version: 1 })).toBe(false);
  });

  it("a recovery that has ended cannot be cancelled, nor one that does not exist", async () => {
    const { recoveries } = open();
    const recovery = recoveryWith({ status: "finished", finishedAt: AT });
    await recoveries.add(recovery);
    await recoveries.requestCancel(recovery.account, recovery.id, AT + 1);
    await recoveries.requestCancel(recovery.account, newId("rec", AT, random), AT + 1);
    expect(await recoveries.find(recovery.account, recovery.id)).toEqual(recovery);
  });

  it("of equal requests only one runs at a time", async () => {
    const { recoveries } = open();
    const account = newAccount();
    const [first, second, third] = [1, 2, 3].map(() => recoveryWith({ account }));
    if (first === undefined || second === undefined || third === undefined) throw new Error("unreachable");
    const runningOf = ({ id, request, createdAt }: Recovery) => ({ account, id, request, createdAt });
    expect(await recoveries.begin(first)).toBeUndefined();
    expect(await recoveries.begin(second)).toEqual(runningOf(first));
    expect(await recoveries.begin(recoveryWith({ account, request: "other" }))).toBeUndefined();
    expect(await recoveries.running(account)).toHaveLength(2);
    // The first one was cancelled: it stays among the running ones until its end is published.
    expect(await recoveries.beginInPlaceOf(second, runningOf(first))).toBe(true);
    expect(await recoveries.beginInPlaceOf(third, runningOf(first))).toBe(false);
    const all = (await recoveries.running()).filter((each) => each.account === account);
    expect(all.map(({ id }) => id)).toEqual(expect.arrayContaining([first.id, second.id]));
    expect(all.every(({ request }) => ["r", "other"].includes(request))).toBe(true);
    await recoveries.end(first);
    await recoveries.end(first);
    expect((await recoveries.running(account)).map(({ id }) => id)).not.toContain(first.id);
    await recoveries.end(second);
    expect(await recoveries.begin(third)).toBeUndefined();
  });

  it("the running ones of an account are not those of another one whose name begins the same", async () => {
    const { recoveries } = open();
    const account = newAccount();
    await recoveries.begin(recoveryWith({ account: `${account}-2` }));
    expect(await recoveries.running(account)).toEqual([]);
  });

  it("recoveries are listed newest first, each once, over pages", async () => {
    const { recoveries } = open();
    const account = newAccount();
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) {
      const recovery = recoveryWith({ account, createdAt: AT + n });
      await recoveries.add(recovery);
      ids.unshift(recovery.id);
    }
    await recoveries.add(recoveryWith());
    const listed: string[] = [];
    for (let before: string | undefined, pages = 0; pages < 4; pages++) {
      const page = await recoveries.list(account, { limit: 2, ...(before !== undefined && { before }) });
      listed.push(...page.items.map(({ id }) => id));
      before = page.next;
      if (before === undefined) break;
    }
    expect(listed).toEqual(ids);
  });

  it("all recoveries of an account are erased, page by page", async () => {
    const { recoveries } = open();
    const account = newAccount();
    for (let n = 0; n < 5; n++) await recoveries.add(recoveryWith({ account, createdAt: AT + n }));
    await recoveries.begin(recoveryWith({ account }));
    const other = recoveryWith();
    await recoveries.add(other);
    for (let pages = 0; pages < 5 && !(await recoveries.erase(account, 2)); pages++);
    expect((await recoveries.list(account, { limit: 10 })).items).toEqual([]);
    expect(await recoveries.running(account)).toEqual([]);
    expect(await recoveries.find(other.account, other.id)).toEqual(other);
  });

  it("a step travels through the queue, at once or later", async () => {
    const { queue, nextStep } = open();
    const step = { account: newAccount(), id: newId("rec", AT, random) };
    await queue.recover(step);
    expect(await nextStep()).toEqual(step);
  });

  it("the log is read oldest first, without payloads, each event once", async () => {
    const { log } = open();
    const account = newAccount();
    const result = { code: 503, durationMs: 1, at: 1, dueAt: 2 };
    const events = Array.from({ length: 60 }, () => logged({ account, parked: { ep_1: result } }));
    await Promise.all([...events, logged({ account: newAccount() })].map((event) => log.add(event)));
    await log.noteResent(account, events[0]?.id ?? "", ["ep_2"]);
    const read: Awaited<ReturnType<typeof log.oldest>> = [];
    for (let after = "!"; ; after = read.at(-1)?.id ?? "") {
      const page = await log.oldest(account, { after, limit: 7 });
      if (page.length === 0) break;
      read.push(...page);
    }
    expect(read.map(({ id }) => id)).toEqual(events.map(({ id }) => id).sort());
    const first = read.find(({ id }) => id === events[0]?.id);
    expect(first).toMatchObject({ account, type: events[0]?.type, parked: { ep_1: result }, resentTo: ["ep_2"] });
  });
});
