import { describe, expect, it } from "vitest";
import type { EndedDelivery, PendingDelivery } from "../../lambdas/delivery/model/delivery.ts";
import { lowestId, newId } from "../../lambdas/shared/ids.ts";
import { NEVER, pendingWith, random } from "./examples.ts";
import { IMPLEMENTATIONS, openPorts } from "./implementations.ts";

describe.each(IMPLEMENTATIONS)("deliveries: %s", (implementation) => {
  const open = openPorts(implementation);

  describe("deliveries", () => {
    it("a delivery is pending in the backlog until it ends, and keeps its first final outcome", async () => {
      const { deliveries } = open();
      const ep = newId("ep", 1, random);
      const answer = {
        status: 503,
        body: Uint8Array.from([0xff, 0]),
        isTruncated: true,
        headers: { "retry-after": "5" },
      };
      const pending = pendingWith(ep, {
        failures: 1,
        firstFailedAt: 8,
        attempts: [
          { outcome: "http_status", startedAt: 1, durationMs: 2, answer },
          { outcome: "timeout", startedAt: 3, durationMs: 4, reason: "no answer" },
        ],
      });
      await deliveries.addToBacklog(pending);
      await deliveries.addToBacklog({ ...pending, failures: 9 });
      expect(await deliveries.pending([pending])).toMatchObject([
        { ...pending, attempts: [{ outcome: "http_status", answer: { status: 503 } }, { reason: "no answer" }] },
      ]);
      const ended: EndedDelivery = {
        endpoint: ep,
        account: "acme",
        eventId: pending.eventId,
        type: pending.type,
        status: "exhausted",
        reason: "schedule",
        endedAt: 10,
        attempts: [],
        keptUntil: NEVER,
      };
      expect(await deliveries.recordOutcome(ended)).toBeUndefined();
      expect(await deliveries.recordOutcome({ ...ended, status: "cancelled" })).toEqual(ended);
      await deliveries.removeFromBacklog([pending]);
      await deliveries.removeFromBacklog([pending]);
      expect(await deliveries.pending([pending])).toEqual([]);
      expect(await deliveries.ended([pending])).toEqual([ended]);
    });

    it("a resent delivery gets a new final outcome, and an earlier outcome does not remove it", async () => {
      const { deliveries } = open();
      const pending = pendingWith(newId("ep", 1, random), { resentAt: 7 });
      const { endpoint, eventId, type } = pending;
      const outcome = { endpoint, account: "acme", eventId, type, endedAt: 1, attempts: [], keptUntil: NEVER };
      const [first, second] = [
        { ...outcome, status: "exhausted" } as const,
        { ...outcome, status: "delivered", resentAt: 7 } as const,
      ];
      await deliveries.recordOutcome(first);
      await deliveries.addToBacklog(pending);
      await deliveries.removeFromBacklog([{ endpoint, eventId }]);
      await deliveries.removeFromBacklog([{ endpoint, eventId, resentAt: 6 }]);
      expect(await deliveries.pending([pending])).toEqual([pending]);
      expect(await deliveries.recordOutcome(second)).toBeUndefined();
      expect(await deliveries.recordOutcome({ ...second, status: "cancelled" })).toEqual(second);
      expect(await deliveries.recordOutcome({ ...first, status: "cancelled" })).toEqual(second);
      await deliveries.removeFromBacklog([{ endpoint, eventId, resentAt: 7 }]);
      expect(await deliveries.pending([pending])).toEqual([]);
      expect(await deliveries.ended([pending])).toEqual([second]);
    });

    it.each([0, 1, 30])("a backlog of %i is counted up to a maximum, with its oldest delivery", async (size) => {
      const { deliveries } = open();
      const ep = newId("ep", 1, random);
      const pending = Array.from({ length: size }, (_, n) =>
        pendingWith(ep, { eventId: newId("evt", n + 1, random), dueAt: 1_000 + n }),
      );
      for (const one of pending.toReversed()) await deliveries.addToBacklog(one);
      const [first] = pending;
      const oldest = first && { oldest: { eventId: first.eventId, dueAt: first.dueAt } };
      expect(await deliveries.summary(ep, 1_000)).toEqual({ count: size, ...oldest });
      expect(await deliveries.summary(ep, 12)).toEqual({ count: Math.min(size, 12), ...oldest });
    });

    it("pending deliveries are counted between two events, up to a maximum", async () => {
      const { deliveries } = open();
      const ep = newId("ep", 1, random);
      const queued = Array.from({ length: 30 }, (_, i) =>
        pendingWith(ep, { eventId: newId("evt", 5_000 + i, random) }),
      );
      await deliveries.addNewToBacklog(queued);
      const [above, below] = [queued[9]?.eventId ?? "", lowestId(5_025)];
      expect(await deliveries.count(ep, { max: 100 })).toBe(30);
      expect(await deliveries.count(ep, { max: 12 })).toBe(12);
      expect(await deliveries.count(ep, { above, max: 100 })).toBe(20);
      expect(await deliveries.count(ep, { above, below, max: 100 })).toBe(15);
      expect(await deliveries.count(ep, { above: below, below: above, max: 100 })).toBe(0);
    });

    it("any number of new deliveries can be queued at once", async () => {
      const { deliveries } = open();
      const many = Array.from({ length: 60 }, (_, n) => pendingWith(newId("ep", n + 1, random)));
      await deliveries.addNewToBacklog(many);
      expect(await deliveries.pending(many)).toHaveLength(60);
      await deliveries.addNewToBacklog([]);
    });

    it("pending deliveries are listed newest first, over pages, for one endpoint", async () => {
      const { deliveries } = open();
      const [ep, other] = [newId("ep", 1, random), newId("ep", 2, random)];
      const queued = Array.from({ length: 25 }, (_, i) =>
        pendingWith(ep, { eventId: newId("evt", 5_000 + i, random) }),
      );
      for (const delivery of [...queued, pendingWith(other)]) await deliveries.addToBacklog(delivery);
      const first = await deliveries.backlog(ep, { limit: 10 });
      const second = await deliveries.backlog(ep, { limit: 20, before: first.next ?? "" });
      expect([...first.items, ...second.items].map(({ eventId }) => eventId)).toEqual(
        queued.map(({ eventId }) => eventId).reverse(),
      );
      expect(second.next).toBeUndefined();
    });

    it("pending deliveries are read oldest first, from any position", async () => {
      const { deliveries } = open();
      const ep = newId("ep", 1, random);
      const queued = Array.from({ length: 30 }, (_, i) =>
        pendingWith(ep, { eventId: newId("evt", 5_000 + i, random) }),
      );
      await deliveries.addNewToBacklog(queued);
      const read: string[] = [];
      for (let after: string | undefined = ""; after !== undefined; ) {
        const page: PendingDelivery[] = await deliveries.oldest(ep, { after, limit: 7 });
        read.push(...page.map(({ eventId }) => eventId));
        after = page.at(-1)?.eventId;
      }
      expect(read).toEqual(queued.map(({ eventId }) => eventId));
    });

    it("a delivery is revised only if it is unchanged", async () => {
      const { deliveries } = open();
      const pending = pendingWith(newId("ep", 1, random), { failures: 1, dueAt: 5 });
      await deliveries.addToBacklog(pending);
      await deliveries.revise({ ...pending, failures: 2, dueAt: 6 }, pending);
      await deliveries.revise({ ...pending, failures: 9, dueAt: 9 }, pending);
      expect(await deliveries.pending([pending])).toMatchObject([{ failures: 2, dueAt: 6 }]);
      await deliveries.removeFromBacklog([pending]);
      await deliveries.revise({ ...pending, failures: 3 }, { ...pending, failures: 2, dueAt: 6 });
      expect(await deliveries.pending([pending])).toEqual([]);
    });

    it("reading no deliveries answers none", async () => {
      const { deliveries } = open();
      expect(await deliveries.pending([])).toEqual([]);
      expect(await deliveries.ended([])).toEqual([]);
    });
  });
});
