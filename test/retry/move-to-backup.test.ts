import { describe, expect, it } from "vitest";
import { dispatcher } from "../../lambdas/delivery/dispatch-events.ts";
import { changeEndpoint } from "../../lambdas/endpoints/change-endpoint.ts";
import { deleteEndpoint } from "../../lambdas/endpoints/delete-endpoint.ts";
import { pauseEndpoint, resumeEndpoint } from "../../lambdas/endpoints/pause-resume.ts";
import { registerEndpoint } from "../../lambdas/endpoints/register-endpoint.ts";
import { findEventWithDeliveries } from "../../lambdas/events/read-events.ts";
import { resendEvent } from "../../lambdas/events/resend-event.ts";
import { retryRoundsRunner } from "../../lambdas/retry/run-retry-round.ts";
import { memoryWorld } from "../support/memory-world.ts";
import { lifeOf } from "./rounds.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const MAIN = "https://example.com/main";
const BACKUP = "https://example.com/backup";
const quickly = { retrySchedule: [{ times: 5, everyMs: 10_000 }] };

/** A main endpoint and its backup, and receivers that are well or not. */
async function pair({ backupTypes = ["*"] }: { backupTypes?: string[] } = {}) {
  const down = new Map<string, number>();
  const got = new Map<string, string[]>([
    [MAIN, []],
    [BACKUP, []],
  ]);
  const world = memoryWorld(({ url, headers }) => {
    const status = down.get(url);
    if (status !== undefined) return { status, tookMs: 0 };
    got.get(url)?.push(headers["webhook-id"] ?? "");
    return { status: 200, tookMs: 0 };
  });
  const main = await lifeOf(world, { url: MAIN, ...quickly });
  const backup = await lifeOf(world, {
    url: BACKUP,
    eventTypes: backupTypes,
    backupOf: [main.endpoint.id],
    ...quickly,
  });
  const keep = retryRoundsRunner(world);
  return {
    world,
    main,
    backup,
    got: (url: string) => (got.get(url) ?? []).toSorted(),
    fails: (url: string, status = 500) => void down.set(url, status),
    mends: (url: string) => void down.delete(url),
    /** Lets time pass, and keeps all promises in it. */
    async pass(ms: number) {
      for (const until = world.clock.now() + ms; world.clock.now() < until; world.clock.move(SECOND_MS)) {
        const states = await world.states.read([main.endpoint.id, backup.endpoint.id]);
        for (const { endpoint, wakeAt } of states.values())
          if (wakeAt !== undefined && wakeAt <= world.clock.now())
            await keep([{ content: { endpoint, wakeAt } }], world.clock.now() + MINUTE_MS);
      }
    },
    send: async (count: number) => (await main.send(count)).map(({ id }) => id),
  };
}

describe("a backup", () => {
  it("gets nothing while the endpoint it stands in for is not suspended, failing or not", async () => {
    const { send, got, fails, pass, world } = await pair();
    await send(3);
    fails(MAIN);
    await send(2);
    await pass(20 * SECOND_MS);
    expect(got(MAIN)).toHaveLength(3);
    expect(got(BACKUP)).toEqual([]);
    expect(world.webhookClient.ledger.every(({ url }) => url === MAIN)).toBe(true);
  });

  it("gets what waited for a dead URL, and what comes while that is suspended; revived, it has its own again", async () => {
    const { send, got, fails, mends, pass, main, world } = await pair();
    fails(MAIN);
    const early = await send(60);
    await pass(2 * MINUTE_MS);
    expect((await main.state()).status).toBe("suspended");
    expect(got(BACKUP)).toEqual(early.toSorted());
    expect(await main.waiting()).toEqual([]);
    const later = await send(5);
    expect(got(BACKUP)).toEqual([...early, ...later].toSorted()); // at once
    mends(MAIN);
    await resumeEndpoint(world, "acme", main.endpoint.id);
    await pass(5 * SECOND_MS);
    const fresh = await send(2);
    expect(got(MAIN)).toEqual(fresh.toSorted());
    expect(got(BACKUP)).toHaveLength(65);
  });

  it("is shown in the log: who got which event, and in whose stead", async () => {
    const { send, fails, pass, main, backup, world } = await pair();
    fails(MAIN, 410);
    const [waited = ""] = await send(1);
    await pass(5 * SECOND_MS);
    const [direct = ""] = await send(1);
    const deliveriesOf = async (id: string) =>
      (await findEventWithDeliveries(world, "acme", id)).deliveries.map(({ delivery }) => delivery);
    const [mainId, backupId] = [main.endpoint.id, backup.endpoint.id];
    expect(await deliveriesOf(direct)).toMatchObject([{ endpoint: backupId, status: "delivered", onBehalfOf: mainId }]);
    const both = await deliveriesOf(waited);
    expect(both).toMatchObject([
      { endpoint: mainId, status: "cancelled", reason: "moved", attempts: [{ answer: { status: 410 } }] },
      { endpoint: backupId, status: "delivered", onBehalfOf: mainId },
    ]);
  });

  it("hands back what it could not deliver when the other is revived first", async () => {
    const { send, got, fails, mends, pass, main, backup, world } = await pair();
    fails(MAIN, 410);
    fails(BACKUP);
    const sent = await send(20);
    await pass(5 * MINUTE_MS);
    sent.push(...(await send(5)));
    await pass(5 * MINUTE_MS);
    expect((await main.state()).status).toBe("suspended");
    expect((await backup.state()).status).toBe("suspended");
    mends(MAIN);
    await resumeEndpoint(world, "acme", main.endpoint.id);
    await pass(MINUTE_MS);
    expect(got(MAIN)).toEqual(sent.toSorted());
    expect(await backup.waiting()).toEqual([]);
    expect(got(BACKUP)).toEqual([]);
  });

  it("gets what waits for the other when it is itself revived first", async () => {
    const { send, got, fails, mends, pass, main, backup, world } = await pair();
    fails(MAIN, 410);
    fails(BACKUP, 410);
    const sent = await send(3);
    await pass(MINUTE_MS);
    sent.push(...(await send(10))); // both are dead: these wait for the main one
    await pass(MINUTE_MS);
    expect((await main.waiting()).length).toBe(10);
    mends(BACKUP);
    await resumeEndpoint(world, "acme", backup.endpoint.id);
    await pass(MINUTE_MS);
    expect(got(BACKUP)).toEqual(sent.toSorted());
    expect(await main.waiting()).toEqual([]);
  });

  it("goes to and fro as often as the two die and come back, and no event is lost or had twice", async () => {
    const { send, got, fails, mends, pass, main, backup, world } = await pair();
    const sent: string[] = [];
    for (let round = 0; round < 6; round++) {
      const [dying, living] = round % 2 === 0 ? [MAIN, BACKUP] : [BACKUP, MAIN];
      fails(dying, 410);
      fails(living, 410);
      sent.push(...(await send(4)));
      await pass(MINUTE_MS);
      mends(living);
      const { endpoint } = living === MAIN ? main : backup;
      await resumeEndpoint(world, "acme", endpoint.id);
      if (round % 3 === 2) sent.push(...(await send(2)));
      await pass(MINUTE_MS);
    }
    mends(MAIN);
    mends(BACKUP);
    for (const { endpoint } of [main, backup]) await resumeEndpoint(world, "acme", endpoint.id);
    await pass(2 * MINUTE_MS);
    expect([...got(MAIN), ...got(BACKUP)].toSorted()).toEqual(sent.toSorted());
    expect([...(await main.waiting()), ...(await backup.waiting())]).toEqual([]);
  });

  it("gets only what it wants itself; the rest waits", async () => {
    const { got, fails, pass, main } = await pair({ backupTypes: ["click"] });
    fails(MAIN, 410);
    const [open] = await main.send(1, { type: "open" });
    const [click] = await main.send(1, { type: "click" });
    await pass(MINUTE_MS);
    expect(got(BACKUP)).toEqual([click?.id]);
    expect((await main.waiting()).map(({ eventId }) => eventId)).toEqual([open?.id]);
  });

  it("hands back though the other is revived in the middle of its round", async () => {
    const { send, got, fails, mends, pass, main, backup, world } = await pair();
    fails(MAIN, 410);
    fails(BACKUP);
    const sent = await send(6);
    await pass(5 * SECOND_MS);
    const { post } = world.webhookClient;
    let isRevived = false;
    world.webhookClient.post = async (webhook, isSuccess) => {
      if (!isRevived && webhook.url === BACKUP) {
        isRevived = true;
        mends(MAIN);
        await resumeEndpoint(world, "acme", main.endpoint.id);
        await main.wake();
      }
      return post(webhook, isSuccess);
    };
    await backup.wake();
    expect(isRevived).toBe(true);
    expect(await backup.waiting()).toEqual([]);
    await pass(5 * SECOND_MS);
    expect(got(MAIN)).toEqual(sent.toSorted());
  });

  it("is told nothing of itself in the other's stead", async () => {
    const { world, main, backup, fails, pass, got, send } = await pair({ backupTypes: ["*", "rappel.*"] });
    await changeEndpoint(world, "acme", main.endpoint.id, (present) => ({ ...present, eventTypes: ["*", "rappel.*"] }));
    fails(MAIN, 410);
    const told = { type: "rappel.endpoint.failing", source: "rappel", about: backup.endpoint.id } as const;
    const others = await send(1); // what has it suspended, and all that waits looked at
    const [event] = await main.send(1, told);
    await pass(MINUTE_MS);
    expect(got(BACKUP)).toEqual(others);
    expect((await main.waiting()).map(({ eventId }) => eventId)).toEqual([event?.id]);
  });

  it("gives back what it has for the other when it is deleted", async () => {
    const { send, got, fails, mends, pass, main, backup, world } = await pair();
    fails(MAIN, 410);
    fails(BACKUP);
    const sent = await send(8);
    await pass(30 * SECOND_MS);
    expect((await backup.waiting()).length).toBe(8);
    await deleteEndpoint(world, "acme", backup.endpoint.id);
    await pass(5 * SECOND_MS);
    expect((await main.waiting()).map(({ eventId }) => eventId)).toEqual(sent.toSorted());
    mends(MAIN);
    await resumeEndpoint(world, "acme", main.endpoint.id);
    await pass(MINUTE_MS);
    expect(got(MAIN)).toEqual(sent.toSorted());
  });

  it("skips what its main endpoint's user resumes without", async () => {
    const { send, got, fails, mends, pass, main, backup, world } = await pair();
    fails(MAIN, 410);
    fails(BACKUP);
    await send(3);
    await pass(30 * SECOND_MS);
    mends(MAIN);
    await resumeEndpoint(world, "acme", main.endpoint.id, "skip");
    await pass(MINUTE_MS);
    expect(await backup.waiting()).toEqual([]);
    expect(got(MAIN)).toEqual([]);
  });

  it("delivers what it is handed though its own user once resumed it without what had come before", async () => {
    const { send, got, fails, pass, backup, world } = await pair();
    fails(MAIN);
    const sent = await send(3);
    world.clock.move(SECOND_MS);
    await pauseEndpoint(world, "acme", backup.endpoint.id);
    await resumeEndpoint(world, "acme", backup.endpoint.id, "skip");
    await pass(3 * MINUTE_MS);
    expect(got(BACKUP)).toEqual(sent.toSorted());
  });

  it("gets what is sent again to the one it stands in for, at once", async () => {
    const { send, got, fails, pass, world } = await pair();
    const [id = ""] = await send(1);
    fails(MAIN, 410);
    await send(1);
    await pass(MINUTE_MS);
    await resendEvent(world, "acme", id);
    const wishes = world.queue.wishes.map((resend) => ({
      content: { account: "acme", events: [], resend },
      receives: 1,
    }));
    await dispatcher(world)(wishes, world.clock.now() + MINUTE_MS);
    await pass(MINUTE_MS);
    expect(got(BACKUP)).toContain(id);
  });

  it("relieves a URL that is dead already when it is registered, and gets what is resent to it", async () => {
    const world = memoryWorld(({ url }) => ({ status: url === MAIN ? 410 : 200, tookMs: 0 }));
    const main = await lifeOf(world, { url: MAIN });
    const [event] = await main.send(1);
    await main.wake();
    const { endpoint } = await registerEndpoint(world, "acme", {
      ...main.endpoint,
      url: BACKUP,
      backupOf: [main.endpoint.id],
    });
    expect((await main.state()).wakeAt).toBeLessThanOrEqual(world.clock.now() + SECOND_MS);
    await main.wake();
    const { wakeAt = 0 } = (await world.states.read([endpoint.id])).get(endpoint.id) ?? {};
    world.clock.move(Math.max(0, wakeAt - world.clock.now()));
    await retryRoundsRunner(world)([{ content: { endpoint: endpoint.id, wakeAt } }], world.clock.now() + MINUTE_MS);
    expect(world.webhookClient.ledger.at(-1)).toMatchObject({ url: BACKUP, headers: { "webhook-id": event?.id } });
    await resendEvent(world, "acme", event?.id ?? "");
    expect(world.queue.wishes.at(-1)?.to).toEqual([main.endpoint.id]);
  });
});

describe("a delivery that is handed over by a function that dies", () => {
  /** A round of the main endpoint that dies when it would end what it has handed over. */
  const dyingRound = async ({ world, main }: Awaited<ReturnType<typeof pair>>, at: "recordOutcome" | "unpark") => {
    const { wakeAt = 0 } = await main.state();
    world.clock.move(Math.max(0, wakeAt - world.clock.now()));
    const deliveries = { ...world.deliveries, [at]: () => Promise.reject(new Error("killed")) };
    const wake = { endpoint: main.endpoint.id, wakeAt };
    await retryRoundsRunner({ ...world, deliveries })([{ content: wake }], world.clock.now() + MINUTE_MS);
  };

  it("is delivered by the backup, and not handed over once more", async () => {
    const both = await pair();
    const { send, got, fails, pass, main } = both;
    fails(MAIN, 410);
    const sent = await send(3);
    await dyingRound(both, "recordOutcome");
    await pass(5 * MINUTE_MS); // the lease ends, and the round comes again
    expect(got(BACKUP)).toEqual(sent.toSorted());
    expect(await main.waiting()).toEqual([]);
  });

  it("is not lost where it came back before it was ended where it had come from", async () => {
    const both = await pair();
    const { send, got, fails, mends, pass, main, world } = both;
    fails(MAIN, 410);
    fails(BACKUP);
    const sent = await send(3);
    await dyingRound(both, "recordOutcome");
    await resumeEndpoint(world, "acme", main.endpoint.id);
    await pass(20 * SECOND_MS); // it would come back, and is there already
    mends(BACKUP);
    await pass(5 * MINUTE_MS); // the main one is suspended once more
    expect(got(BACKUP)).toEqual(sent.toSorted());
  });

  it("is not lost where the backup, which has not heard of the suspension yet, would hand it back at that very moment", async () => {
    const both = await pair();
    const { send, got, fails, pass, main, backup, world } = both;
    const { read } = world.states;
    const { recordOutcome } = world.deliveries;
    const notYetSuspended: typeof read = async (ids) =>
      new Map(
        [...(await read(ids))].map(([id, state]) => [
          id,
          { ...state, status: id === main.endpoint.id ? "failing" : state.status },
        ]),
      );
    let isMovedBack = false;
    world.deliveries.recordOutcome = async (ended) => {
      if (ended.reason === "moved" && !isMovedBack) {
        isMovedBack = true;
        const { wakeAt = 0 } = await backup.state();
        world.clock.move(Math.max(0, wakeAt - world.clock.now()));
        const unaware = { ...world, states: { ...world.states, read: notYetSuspended } };
        await retryRoundsRunner(unaware)(
          [{ content: { endpoint: backup.endpoint.id, wakeAt } }],
          world.clock.now() + MINUTE_MS,
        );
      }
      return recordOutcome(ended);
    };
    fails(MAIN, 410);
    const sent = await send(3);
    await pass(5 * MINUTE_MS);
    expect(isMovedBack).toBe(true);
    expect(got(BACKUP)).toEqual(sent.toSorted());
  });

  it("is not lost where its old place was not cleared before it came back", async () => {
    const both = await pair();
    const { send, got, fails, mends, pass, main, world } = both;
    fails(MAIN, 410);
    fails(BACKUP);
    const sent = await send(3);
    await dyingRound(both, "unpark");
    await pass(5 * SECOND_MS);
    mends(MAIN);
    await resumeEndpoint(world, "acme", main.endpoint.id);
    await pass(5 * MINUTE_MS);
    expect(got(MAIN)).toEqual(sent.toSorted());
  });
});

describe("what a backup costs", () => {
  it("is two attempts a round and no look through all that it holds, though another that it stands in for is well", async () => {
    const world = memoryWorld(({ url }) => ({ status: url === MAIN ? 410 : url === BACKUP ? 500 : 200, tookMs: 0 }));
    const dead = await lifeOf(world, { url: MAIN });
    const well = await lifeOf(world, { url: `${MAIN}/well`, eventTypes: ["other"] });
    const backup = await lifeOf(world, { url: BACKUP, backupOf: [dead.endpoint.id, well.endpoint.id] });
    await dead.send(600);
    await dead.wake();
    await backup.wake();
    expect(await backup.state()).toMatchObject({ status: "failing" });
    let [read, pages] = [0, 0];
    const { find } = world.log;
    const { oldest } = world.deliveries;
    world.deliveries.oldest = async (...asked) => {
      pages++;
      return oldest(...asked);
    };
    world.log.find = async (account, ids) => {
      read += ids.length;
      return find(account, ids);
    };
    const posts = world.webhookClient.ledger.length;
    for (let rounds = 0; rounds < 5; rounds++) await backup.wake();
    expect(world.webhookClient.ledger.length - posts).toBe(10);
    expect(read).toBeLessThanOrEqual(5 * 6);
    expect(pages).toBeLessThanOrEqual(5);
  });

  it("is one look at what waits, however much joins while both are dead", async () => {
    const world = memoryWorld(({ url }) => ({ status: url === BACKUP ? 500 : 410, tookMs: 0 }));
    const [one, other] = [await lifeOf(world, { url: MAIN }), await lifeOf(world, { url: `${MAIN}/other` })];
    const backup = await lifeOf(world, { url: BACKUP, backupOf: [one.endpoint.id, other.endpoint.id] });
    await one.send();
    for (const life of [one, other, backup]) await life.wake();
    for (let second = 0; second < 20; second++) {
      world.clock.move(SECOND_MS);
      await one.send(5);
      for (const { wakeAt = Number.POSITIVE_INFINITY } of [await one.state(), await other.state()])
        expect(wakeAt).toBeGreaterThan(world.clock.now() + 30_000);
    }
  });
});

describe("a backup that failed for one that is well again", () => {
  it("hands back what joined it by a function that had not heard of that yet", async () => {
    const { send, got, fails, mends, pass, main, backup, world } = await pair();
    fails(MAIN, 410);
    await send(1);
    await pass(10 * SECOND_MS);
    fails(BACKUP);
    const { stateOf } = { stateOf: await main.state() };
    mends(MAIN);
    await resumeEndpoint(world, "acme", main.endpoint.id);
    await main.wake();
    await pass(2 * SECOND_MS);
    const { read } = world.states;
    const unaware: typeof read = async (ids) => {
      const states = await read(ids);
      if (ids.length === 1 && ids[0] === main.endpoint.id) states.set(main.endpoint.id, stateOf);
      return states;
    };
    let reads = 0;
    // Dispatch reads it once, and then trusts it for 5 s; whoever asks again is told how it is.
    world.states.read = (ids) => (ids[0] === main.endpoint.id && reads++ === 0 ? unaware(ids) : read(ids));
    const [late = ""] = await send(1);
    world.states.read = read;
    expect((await backup.waiting()).map(({ eventId, onBehalfOf }) => [eventId, onBehalfOf])).toEqual([
      [late, main.endpoint.id],
    ]);
    await pass(5 * SECOND_MS);
    expect(got(MAIN)).toContain(late);
    expect(await backup.waiting()).toEqual([]);
  });
});

describe("one backup of two endpoints", () => {
  it("gets once what both would have got, and both have it behind them", async () => {
    const world = memoryWorld(({ url }) => ({ status: url === BACKUP ? 200 : 410, tookMs: 0 }));
    const [one, other] = [await lifeOf(world, { url: MAIN }), await lifeOf(world, { url: `${MAIN}/other` })];
    const backup = await lifeOf(world, { url: BACKUP, backupOf: [one.endpoint.id, other.endpoint.id] });
    await one.send();
    for (const life of [one, other, backup]) await life.wake();
    const before = world.webhookClient.ledger.filter(({ url }) => url === BACKUP).length;
    world.clock.move(MINUTE_MS);
    const [event] = await one.send();
    for (const life of [one, other]) await life.wake();
    world.clock.move(25 * 60 * MINUTE_MS);
    await other.wake(); // the daily look at what waits for it
    if ((await backup.state()).wakeAt !== undefined) await backup.wake();
    const posts = world.webhookClient.ledger.filter(({ url }) => url === BACKUP).slice(before);
    expect(posts.map(({ headers }) => headers["webhook-id"])).toEqual([event?.id]);
    for (const life of [one, other]) expect(await life.waiting()).toEqual([]);
  });
});

describe("one backup that is dead itself", () => {
  it("gives back to one of two endpoints what it has for it, and the other still has its own", async () => {
    const dead = new Set([MAIN, `${MAIN}/other`, BACKUP]);
    const world = memoryWorld(({ url }) => ({ status: dead.has(url) ? 410 : 200, tookMs: 0 }));
    const [one, other] = [await lifeOf(world, { url: MAIN }), await lifeOf(world, { url: `${MAIN}/other` })];
    const backup = await lifeOf(world, { url: BACKUP, backupOf: [one.endpoint.id, other.endpoint.id] });
    const [event] = await one.send();
    for (const life of [one, other, backup]) await life.wake();
    expect((await backup.state()).status).toBe("suspended");
    dead.delete(MAIN);
    await resumeEndpoint(world, "acme", one.endpoint.id);
    for (const life of [one, backup, one]) await life.wake();
    expect(world.webhookClient.ledger.at(-1)).toMatchObject({ url: MAIN, headers: { "webhook-id": event?.id } });
    expect((await other.waiting()).map(({ eventId }) => eventId)).toEqual([event?.id]);
  });
});

describe("who may be whose backup", () => {
  it.each([
    ["itself", "main", "main"],
    ["a backup of its own", "main", "backup"],
  ])("is not %s", async (_, of, to) => {
    const { world, main, backup } = await pair();
    const ids: Record<string, string> = { main: main.endpoint.id, backup: backup.endpoint.id };
    const change = changeEndpoint(world, "acme", ids[of] ?? "", (present) => ({
      ...present,
      backupOf: [ids[to] ?? ""],
    }));
    await expect(change).rejects.toMatchObject({ code: "FIELDS_INVALID", errors: [{ pointer: "/backupOf/0" }] });
  });

  it("may be changed in all else when the one it stands in for is gone", async () => {
    const { world, main, backup } = await pair();
    await deleteEndpoint(world, "acme", main.endpoint.id);
    await main.wake();
    const change = changeEndpoint(world, "acme", backup.endpoint.id, (present) => ({ ...present, description: "x" }));
    expect((await change).endpoint).toMatchObject({ description: "x", backupOf: [main.endpoint.id] });
  });

  it("is no other account's endpoint, and none that does not exist", async () => {
    const { world, main } = await pair();
    const register = registerEndpoint(world, "globex", { ...main.endpoint, backupOf: [main.endpoint.id] });
    await expect(register).rejects.toMatchObject({ code: "FIELDS_INVALID", errors: [{ pointer: "/backupOf/0" }] });
  });
});
