import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Attempt } from "../../lambdas/delivery/model/attempt.ts";
import type { EndReason, FirstResult } from "../../lambdas/delivery/model/delivery.ts";
import { type DeliveryFilter, isListed } from "../../lambdas/delivery/model/delivery-query.ts";
import { type DeliveryQuery, listDeliveries } from "../../lambdas/events/list-deliveries.ts";
import { type EventQuery, listEvents } from "../../lambdas/events/list-events.ts";
import { findEventWithDeliveries } from "../../lambdas/events/read-events.ts";
import { lowestId, newId } from "../../lambdas/shared/ids.ts";
import { seededRandom } from "../../local/simulator/memory/clock.ts";
import { addEndpoint } from "../retry/add-endpoint.ts";
import { eventWith } from "../support/examples.ts";
import { type MemoryWorld, memoryWorld } from "../support/memory-world.ts";

const NEVER = 4_000_000_000_000;
const FATES = [
  "delivered",
  "late",
  "pending",
  "untried",
  "exhausted",
  "expired",
  "skipped",
  "moved",
  "suspended",
  "loop",
] as const;
type Fate = (typeof FATES)[number];
const TYPES = ["email.opened", "email.clicked", "emails", "order"];
const fates = fc.array(fc.array(fc.constantFrom(...FATES), { maxLength: 3 }), { minLength: 1, maxLength: 25 });

const attempt = (status: number): Attempt => ({
  outcome: status < 300 ? "success" : "http_status",
  startedAt: 1,
  durationMs: 2,
  answer: { status, isTruncated: false, headers: {} },
});

/** A world with an event for each list of fates: one fate for each of up to three endpoints. */
async function worldOf(all: readonly (readonly Fate[])[]) {
  const world = memoryWorld();
  const { next: random } = seededRandom(11);
  const hooks = [await addEndpoint(world), await addEndpoint(world), await addEndpoint(world)];
  const start = world.clock.now();
  for (const [n, each] of all.entries()) {
    const id = newId("evt", start + n, random);
    const results: Record<"delivered" | "parked" | "withheld", Record<string, FirstResult>> = {
      delivered: {},
      parked: {},
      withheld: {},
    };
    const type = TYPES[n % TYPES.length] ?? "";
    for (const [at, fate] of each.entries()) {
      const endpoint = hooks[at]?.endpoint.id ?? "";
      const code = n % 2 === 0 ? 503 : 404;
      const key = { endpoint, account: "acme", eventId: id, type, keptUntil: NEVER };
      const pending = { ...key, failures: 1, dueAt: start, attempts: fate === "untried" ? [] : [attempt(code)] };
      const end = (status: "delivered" | "exhausted" | "cancelled", reason?: EndReason) =>
        world.deliveries.recordOutcome({
          ...key,
          status,
          endedAt: start,
          attempts: [attempt(status === "delivered" ? 200 : code)],
          ...(reason && { reason }),
        });
      const first = { code, durationMs: 2, at: start };
      if (fate === "delivered") results.delivered[endpoint] = { ...first, code: 204 };
      else if (fate === "suspended") results.withheld[endpoint] = { ...first, code: "untried" };
      else if (fate === "loop") results.withheld[endpoint] = { ...first, code: "loop_detected" };
      else results.parked[endpoint] = first;
      if (fate === "pending" || fate === "untried") await world.deliveries.addToBacklog(pending);
      if (fate === "late") await end("delivered");
      if (fate === "exhausted") await end("exhausted", "schedule");
      if (fate === "expired") await end("exhausted", "expired");
      if (fate === "skipped" || fate === "moved") await end("cancelled", fate);
    }
    await world.log.add({
      ...eventWith({ id, type, acceptedAt: start + n, account: "acme" }),
      ...results,
      resentTo: [],
      keptUntil: NEVER,
    });
  }
  return { world, start, endpoints: hooks.map(({ endpoint }) => endpoint.id) };
}

async function allRows(world: MemoryWorld, query: Omit<DeliveryQuery, "limit">, limit: number) {
  const rows: string[] = [];
  let before = query.before;
  for (let pages = 0; pages < 500; pages++) {
    const page = await listDeliveries(world, "acme", { ...query, limit, ...(before !== undefined && { before }) });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    rows.push(...page.items.map(({ delivery }) => `${delivery.eventId} ${delivery.endpoint}`));
    before = page.next;
    if (before === undefined) return rows;
  }
  throw new Error("The list has no end");
}

const filters = fc.record(
  {
    statuses: fc.uniqueArray(fc.constantFrom("pending", "delivered", "exhausted", "cancelled"), { minLength: 1 }),
    type: fc.constantFrom("order", "email.*"),
    reason: fc.constantFrom<EndReason>("schedule", "skipped", "moved", "loop"),
    code: fc.constantFrom({ from: 500, to: 599 }, { from: 404, to: 404 }, { outcome: "loop_detected" } as const),
  },
  { requiredKeys: [] },
);

describe("a list of deliveries", () => {
  it("a list has every delivery of its filter once, newest event first, for any page size", async () => {
    await fc.assert(
      fc.asyncProperty(
        fates,
        filters,
        fc.option(fc.nat(2)),
        fc.integer({ min: 1, max: 9 }),
        async (all, filter, at, limit) => {
          const { world, endpoints, start } = await worldOf(all);
          const endpoint = at === null ? undefined : endpoints[at];
          const query: DeliveryFilter = { ...filter, ...(endpoint !== undefined && { endpoint }) };
          const { items } = await world.log.list("acme", { limit: 1_000 });
          const expected: string[] = [];
          for (const { id } of items)
            for (const { delivery } of (await findEventWithDeliveries(world, "acme", id)).deliveries) {
              // A code alone lists what did not succeed.
              const isWanted =
                filter.code === undefined || filter.statuses !== undefined || delivery.status !== "delivered";
              if (isWanted && isListed(delivery, query)) expected.push(`${delivery.eventId} ${delivery.endpoint}`);
            }
          const rows = await allRows(world, query, limit);
          expect(rows.toSorted()).toEqual(expected.toSorted());
          const events = rows.map((row) => row.slice(0, 30));
          expect(events).toEqual(events.toSorted().toReversed());
          const since = lowestId(start + 5);
          expect((await allRows(world, { ...query, after: since }, limit)).toSorted()).toEqual(
            expected.filter((row) => row >= since).toSorted(),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it("a list of an unknown endpoint is an error", async () => {
    const { world } = await worldOf([["delivered"]]);
    await expect(listDeliveries(world, "acme", { endpoint: "ep_0", limit: 1 })).rejects.toMatchObject({
      code: "ENDPOINT_NOT_FOUND",
    });
  });

  it("deliveries of a deleted endpoint are listed as cancelled", async () => {
    const { world, endpoints } = await worldOf([["pending"], ["delivered"]]);
    await world.endpoints.remove("acme", endpoints[0] ?? "");
    const { items } = await listDeliveries(world, "acme", { limit: 9 });
    expect(items.map(({ delivery }) => delivery.status)).toEqual(["delivered", "cancelled"]);
    expect((await listDeliveries(world, "acme", { statuses: ["pending"], limit: 9 })).items).toEqual([]);
  });
});

describe("a list of events", () => {
  const isFailed = (fate: Fate) => ["exhausted", "expired", "skipped", "moved", "suspended", "loop"].includes(fate);
  const isPending = (fate: Fate) => fate === "pending" || fate === "untried";
  const matching: Readonly<Record<NonNullable<EventQuery["status"]>, (all: readonly Fate[]) => boolean>> = {
    failed: (all) => all.some(isFailed),
    pending: (all) => all.some(isPending),
    delivered: (all) => all.length > 0 && all.every((fate) => fate === "delivered" || fate === "late"),
    unmatched: (all) => all.length === 0,
  };

  it("a list has every event of a status once, with the number of its deliveries, for any page size", async () => {
    const status = fc.constantFrom("failed", "pending", "delivered", "unmatched");
    const endpointAt = fc.option(fc.nat(2));
    await fc.assert(
      fc.asyncProperty(fates, status, endpointAt, fc.integer({ min: 1, max: 9 }), async (all, wanted, at, limit) => {
        const { world, endpoints } = await worldOf(all);
        const endpoint = at === null ? undefined : endpoints[at];
        const rows: { n: number; outcome: object }[] = [];
        const ids = (await world.log.list("acme", { limit: 1_000 })).items.map(({ id }) => id).toReversed();
        let before: string | undefined;
        do {
          const page: Awaited<ReturnType<typeof listEvents>> = await listEvents(world, "acme", {
            status: wanted,
            limit,
            ...(endpoint !== undefined && { endpoint }),
            ...(before !== undefined && { before }),
          });
          expect(page.items.length).toBeLessThanOrEqual(limit);
          rows.push(...page.items.map(({ event, outcome }) => ({ n: ids.indexOf(event.id), outcome })));
          before = page.next;
        } while (before !== undefined);
        const asked = (each: readonly Fate[]) => (at === null ? each : each.slice(at, at + 1));
        const expected = all.flatMap((each, n) => {
          if (!matching[wanted](asked(each)) || (at !== null && asked(each).length === 0)) return [];
          const [failed, pending] = [each.filter(isFailed).length, each.filter(isPending).length];
          return [
            { n, outcome: { endpoints: each.length, delivered: each.length - failed - pending, pending, failed } },
          ];
        });
        expect(rows).toEqual(expected.toReversed());
      }),
      { numRuns: 60 },
    );
  });

  it("a producer's id is found at once, and older events with it on the next page", async () => {
    const world = memoryWorld();
    const old = eventWith({ eventId: "order-1", acceptedAt: 1_000 });
    const events = [old, eventWith({ eventId: "order-1", acceptedAt: 2_000 }), eventWith({ acceptedAt: 3_000 })];
    for (const event of events)
      await world.log.add({ ...event, delivered: {}, parked: {}, withheld: {}, resentTo: [], keptUntil: NEVER });
    const [, newest] = events;
    await world.claims.claimEventId({ account: "acme", eventId: "order-1", id: newest?.id ?? "", hash: "" }, 2_000);
    const first = await listEvents(world, "acme", { eventId: "order-1", limit: 1 });
    expect(first.items.map(({ event }) => event.id)).toEqual([newest?.id]);
    const second = await listEvents(world, "acme", { eventId: "order-1", limit: 1, before: first.next ?? "" });
    expect(second.items.map(({ event }) => event.id)).toEqual([old.id]);
  });
});
