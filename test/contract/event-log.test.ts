import { describe, expect, it } from "vitest";
import { newId } from "../../lambdas/shared/ids.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { bytes, logged, NEVER, newAccount, random } from "./examples.ts";
import { IMPLEMENTATIONS, openPorts } from "./implementations.ts";

describe.each(IMPLEMENTATIONS)("the event log: %s", (implementation) => {
  const open = openPorts(implementation);

  describe("the log", () => {
    it.each([
      ["2 bytes", Buffer.from("{}")],
      ["every kind of text", Buffer.from('{"n":19421777396190491,"x":1.10,"t":"\u2028é\uffff\\ud800"}')],
      ["1 KiB", Buffer.from(JSON.stringify("a".repeat(1_022)))],
      ["the maximum size, incompressible", Buffer.from(bytes(LIMITS.payloadBytes))],
    ])("a payload of %s is read byte for byte", async (_, payload) => {
      const { log } = open();
      const event = logged({
        account: newAccount(),
        payload,
        eventId: "mine",
        occurredAt: 3,
        delivered: { ep_1: { code: 200, durationMs: 4, at: 5 } },
        parked: { ep_2: { code: "timeout", durationMs: 6, at: 7 } },
      });
      expect(await log.add(event)).toBeUndefined();
      const found = (await log.find(event.account, [event.id])).get(event.id);
      expect(found).toMatchObject({ ...event, payload: expect.anything() });
      expect(Buffer.from(found?.payload ?? []).equals(payload)).toBe(true);
    });

    it("an event that is added again stays as it was, and the answer is the first one", async () => {
      const { log } = open();
      const event = logged({ account: newAccount(), delivered: { ep_1: { code: 200, durationMs: 1, at: 1 } } });
      await log.add(event);
      expect(await log.add({ ...event, delivered: {} })).toMatchObject({ delivered: event.delivered });
      expect((await log.find(event.account, [event.id])).get(event.id)?.delivered).toEqual(event.delivered);
    });

    it("an account cannot find another account's events", async () => {
      const { log } = open();
      const event = logged({ account: newAccount() });
      await log.add(event);
      const other = newAccount();
      expect(await log.find(other, [event.id])).toEqual(new Map());
      expect((await log.list(other, { limit: 10 })).items).toEqual([]);
    });

    it("expired events are not found, even before the table removes them", async () => {
      const { log, clock } = open();
      const event = logged({ account: newAccount(), keptUntil: Math.floor(clock.now() / 1000) * 1000 });
      await log.add(event);
      expect(await log.find(event.account, [event.id])).toEqual(new Map());
      expect((await log.list(event.account, { limit: 10 })).items).toEqual([]);
    });

    it("events are erased for one account", async () => {
      const { log, deliveries } = open();
      const account = newAccount();
      const events = Array.from({ length: 30 }, () => logged({ account }));
      const kept = logged({ account });
      for (const event of [...events, kept]) await log.add(event);
      await log.erase(
        account,
        events.map(({ id }) => id),
      );
      await log.erase(newAccount(), [kept.id]);
      await log.erase(account, []);
      expect((await log.list(account, { limit: 100 })).items.map(({ id }) => id)).toEqual([kept.id]);
      const key = { endpoint: newId("ep", 1, random), eventId: kept.id };
      const word = { ...key, account, type: "t", status: "cancelled", endedAt: 1, attempts: [], keptUntil: NEVER };
      await deliveries.recordOutcome({ ...word, status: "cancelled" });
      await deliveries.eraseEnded([key]);
      expect(await deliveries.ended([key])).toEqual([]);
    });

    it("traces list all stored events and the endpoints with their deliveries", async () => {
      const { log } = open();
      const account = newAccount();
      const result = { code: 503, durationMs: 1, at: 1, dueAt: 2 };
      const events = Array.from({ length: 20 }, (_, n) =>
        logged({ account, eventId: `order-${n}`, parked: { ep_1: result }, delivered: { ep_2: result } }),
      );
      for (const event of events) await log.add(event);
      await log.noteResent(account, events[0]?.id ?? "", ["ep_1", "ep_3"]);
      const traces = new Map<string, { eventId?: string; endpoints: readonly string[] }>();
      for (let page = await log.traces(account, 3); page.length > 0; page = await log.traces(account, 3)) {
        for (const { id, ...trace } of page) traces.set(id, trace);
        await log.erase(
          account,
          page.map(({ id }) => id),
        );
      }
      expect(traces.size).toBe(20);
      expect(traces.get(events[0]?.id ?? "")).toEqual({ eventId: "order-0", endpoints: ["ep_1", "ep_3"] });
      expect(traces.get(events[1]?.id ?? "")).toEqual({ eventId: "order-1", endpoints: ["ep_1"] });
      expect(await log.traces(newAccount(), 3)).toEqual([]);
    });

    it("more events can be found at once than one read may contain", async () => {
      const { log } = open();
      const account = newAccount();
      const events = Array.from({ length: 120 }, () => logged({ account }));
      await Promise.all(events.map((event) => log.add(event)));
      expect(
        (
          await log.find(
            account,
            events.map(({ id }) => id),
          )
        ).size,
      ).toBe(120);
    });

    it("events are listed newest first, each once, over pages", async () => {
      const { log } = open();
      const account = newAccount();
      const events = Array.from({ length: 60 }, (_, i) => logged({ account, acceptedAt: 1_000_000 + i }));
      await Promise.all(events.map((event) => log.add(event)));
      const read: string[] = [];
      for (let before: string | undefined = "~"; before !== undefined; ) {
        const page: Awaited<ReturnType<typeof log.list>> = await log.list(account, { limit: 7, before });
        read.push(...page.items.map(({ id }) => id));
        before = page.next;
      }
      expect(read).toEqual(
        events
          .map(({ id }) => id)
          .sort()
          .reverse(),
      );
    });

    it("events are listed by type, eventId, endpoint and position", async () => {
      const { log } = open();
      const account = newAccount();
      const ep = newId("ep", 1, random);
      const [a, b, c] = [
        logged({ account, type: "a", acceptedAt: 1_000 }),
        logged({
          account,
          type: "b",
          acceptedAt: 2_000,
          eventId: "mine",
          delivered: { [ep]: { code: 200, durationMs: 1, at: 1 } },
        }),
        logged({ account, type: "b", acceptedAt: 3_000, parked: { [ep]: { code: 500, durationMs: 1, at: 1 } } }),
      ];
      for (const event of [a, b, c]) await log.add(event);
      const ids = async (query: object) => (await log.list(account, { limit: 10, ...query })).items.map(({ id }) => id);
      expect(await ids({ type: "b" })).toEqual([c.id, b.id]);
      expect(await ids({ types: ["b", "other"] })).toEqual([c.id, b.id]);
      expect(await ids({ type: "b", eventId: "mine" })).toEqual([b.id]);
      expect(await ids({ endpoint: ep })).toEqual([c.id, b.id]);
      expect(await ids({ after: b.id })).toEqual([c.id, b.id]);
      expect(await ids({ before: c.id, after: b.id })).toEqual([b.id]);
      expect(await ids({ before: a.id, after: b.id })).toEqual([]);
    });
  });
});
