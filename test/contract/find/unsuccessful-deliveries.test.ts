import { describe, expect, it } from "vitest";
import type { EndedDelivery } from "../../../lambdas/delivery/model/delivery.ts";
import { newState } from "../../../lambdas/endpoints/model/endpoint-state.ts";
import type { UnsuccessfulQuery } from "../../../lambdas/ports/deliveries.ts";
import { lowestId, newId } from "../../../lambdas/shared/ids.ts";
import { endpointWith } from "../../support/examples.ts";
import { logged, NEVER, newAccount, pendingWith, random } from "../examples.ts";
import { IMPLEMENTATIONS, openPorts } from "../implementations.ts";

const answered = (status: number) => ({
  outcome: "http_status" as const,
  startedAt: 1,
  durationMs: 2,
  answer: { status, isTruncated: false, headers: {} },
});

describe.each(IMPLEMENTATIONS)("unsuccessful deliveries: %s", (implementation) => {
  const open = openPorts(implementation);
  const ended = (account: string, endpoint: string, more: Partial<EndedDelivery> = {}): EndedDelivery => ({
    endpoint,
    account,
    eventId: newId("evt", 1_000, random),
    type: "t",
    status: "exhausted",
    reason: "schedule",
    endedAt: 10,
    attempts: [answered(500)],
    keptUntil: NEVER,
    ...more,
  });
  const places = async (account: string, query: Partial<UnsuccessfulQuery>) =>
    (await open().unsuccessful.list(account, { groups: ["pending", "failed"], limit: 100, ...query })).items.map(
      ({ eventId }) => eventId,
    );

  it("a delivery is pending, then failed, and is no longer found once it is delivered", async () => {
    const { deliveries } = open();
    const account = newAccount();
    const pending = pendingWith(newId("ep", 1, random), { account });
    const { endpoint, eventId } = pending;
    await deliveries.addToBacklog(pending);
    expect(await open().unsuccessful.list(account, { groups: ["pending"], limit: 9 })).toEqual({
      items: [{ place: `${eventId}#${endpoint}`, eventId, endpoint }],
    });
    await deliveries.recordOutcome(ended(account, endpoint, { eventId }));
    await deliveries.removeFromBacklog([pending]);
    expect(await places(account, { groups: ["pending"] })).toEqual([]);
    expect(await places(account, { groups: ["failed"] })).toEqual([eventId]);
    // Sent again.
    await deliveries.addToBacklog({ ...pending, resentAt: 5 });
    await deliveries.recordOutcome(ended(account, endpoint, { eventId, status: "delivered", resentAt: 5 }));
    await deliveries.removeFromBacklog([{ ...pending, resentAt: 5 }]);
    expect(await places(account, {})).toEqual([]);
  });

  it("deliveries are found by endpoint, type, status, reason and the last code", async () => {
    const { deliveries } = open();
    const account = newAccount();
    const [ep, other] = [newId("ep", 1, random), newId("ep", 2, random)];
    const timeout = { outcome: "timeout", startedAt: 1, durationMs: 2 } as const;
    const all = {
      exhausted: ended(account, ep, { type: "email.opened", attempts: [answered(503)] }),
      skipped: ended(account, ep, { status: "cancelled", reason: "skipped", type: "email", attempts: [timeout] }),
      other: ended(account, other, { attempts: [answered(404)] }),
    };
    for (const each of Object.values(all)) await deliveries.recordOutcome(each);
    const pending = pendingWith(ep, { account, type: "email.clicked", attempts: [answered(503), answered(599)] });
    await deliveries.addToBacklog(pending);
    await deliveries.addToBacklog(pendingWith(ep, { account: newAccount() }));
    const [exhausted, skipped, elsewhere] = Object.values(all).map(({ eventId }) => eventId);
    const found = async (query: Partial<UnsuccessfulQuery>) => new Set(await places(account, query));
    expect(await found({ endpoint: ep })).toEqual(new Set([exhausted, skipped, pending.eventId]));
    expect(await found({ type: "email.*" })).toEqual(new Set([exhausted, pending.eventId]));
    expect(await found({ type: "email" })).toEqual(new Set([skipped]));
    expect(await found({ groups: ["failed"], status: "exhausted" })).toEqual(new Set([exhausted, elsewhere]));
    expect(await found({ status: "cancelled" })).toEqual(new Set([skipped, pending.eventId]));
    expect(await found({ reason: "skipped" })).toEqual(new Set([skipped]));
    expect(await found({ code: { from: 500, to: 599 } })).toEqual(new Set([exhausted, pending.eventId]));
    expect(await found({ code: { from: 404, to: 404 } })).toEqual(new Set([elsewhere]));
    expect(await found({ code: { outcome: "timeout" } })).toEqual(new Set([skipped]));
  });

  it("an event with deliveries that ended at once is found as one place", async () => {
    const { log } = open();
    const account = newAccount();
    const ep = newId("ep", 1, random);
    const event = logged({ account, withheld: { [ep]: { code: "untried", durationMs: 0, at: 1 } } });
    await log.add(event);
    await log.add(logged({ account, delivered: { [ep]: { code: 200, durationMs: 0, at: 1 } } }));
    expect(await open().unsuccessful.list(account, { groups: ["failed"], endpoint: ep, limit: 9 })).toEqual({
      items: [{ place: event.id, eventId: event.id }],
    });
    expect(await places(account, { groups: ["pending"] })).toEqual([]);
    await log.erase(account, [event.id]);
    expect(await places(account, {})).toEqual([]);
  });

  it.each(["newest first", "oldest first"] as const)(
    "deliveries are listed %s, each once, over pages",
    async (order) => {
      const { deliveries } = open();
      const account = newAccount();
      const ep = newId("ep", 1, random);
      const all = Array.from({ length: 60 }, (_, n) =>
        ended(account, ep, { eventId: newId("evt", 1_000 + n, random) }),
      );
      for (const each of all) await deliveries.recordOutcome(each);
      const within = all.slice(10, 50).map(({ eventId }) => eventId);
      const read: string[] = [];
      let from: string | undefined;
      do {
        const bounds =
          order === "newest first"
            ? { after: lowestId(1_010), before: from ?? lowestId(1_050) }
            : { after: from === undefined ? lowestId(1_010) : `${from}!`, before: lowestId(1_050) };
        const page = await open().unsuccessful.list(account, { groups: ["failed"], order, limit: 7, ...bounds });
        read.push(...page.items.map(({ eventId }) => eventId));
        expect(page.items.length).toBeLessThanOrEqual(7);
        from = page.next;
      } while (from !== undefined);
      expect(read).toEqual(order === "newest first" ? within.toReversed() : within);
    },
  );
});

describe.each(IMPLEMENTATIONS)("endpoints by status: %s", (implementation) => {
  const open = openPorts(implementation);

  it("endpoints of all accounts are listed by status, until they are active again", async () => {
    const { states, endpoints } = open();
    const all = Array.from({ length: 12 }, (_, n) =>
      endpointWith({ account: newAccount(), id: newId("ep", n + 1, random) }),
    );
    for (const endpoint of all) await endpoints.add(endpoint, newState(endpoint.id, endpoint.account, 1));
    const listed = async (limit = 100) => {
      const read: { endpoint: string; account: string }[] = [];
      let before: string | undefined;
      do {
        const page = await states.listed(["failing", "suspended"], { limit, ...(before !== undefined && { before }) });
        read.push(...page.items);
        before = page.next;
      } while (before !== undefined);
      return read;
    };
    expect(await listed()).toEqual([]);
    for (const [n, { id }] of all.entries())
      await states.update(id, { set: { status: n % 3 === 0 ? "failing" : n % 3 === 1 ? "suspended" : "paused" } });
    const expected = all.filter((_, n) => n % 3 !== 2).map(({ id, account }) => ({ endpoint: id, account }));
    expect(await listed()).toEqual(expected.toReversed());
    expect(await listed(3)).toEqual(expected.toReversed());
    for (const { id } of all.slice(1)) await states.update(id, { set: { status: "active" } });
    expect(await listed()).toEqual(expected.slice(0, 1));
    await states.update(all[0]?.id ?? "", { set: { statusReason: { code: "attempts_failed", attempts: 5 } } });
    expect(await listed()).toEqual(expected.slice(0, 1));
    await states.remove(all[0]?.id ?? "", []);
    expect(await listed()).toEqual([]);
  });
});
