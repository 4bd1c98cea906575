import { describe, expect, it } from "vitest";
import {
  countedDeliveries,
  countedFailures,
  countedGuard,
  countedLog,
  countedQueue,
  countedStates,
  countedStats,
  countedSweeps,
  countedWebhookClient,
} from "../../lambdas/adapters/metrics/counted-ports.ts";
import type { MetricsRecorder } from "../../lambdas/adapters/metrics/metric-names.ts";
import { completeDeliveries } from "../../lambdas/delivery/complete-deliveries.ts";
import { dispatcher } from "../../lambdas/delivery/dispatch-events.ts";
import { newState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import { toActive, toFailing, toResumed } from "../../lambdas/endpoints/model/endpoint-state-changes.ts";
import { beginRound } from "../../lambdas/endpoints/model/wake-up.ts";
import { silentLog } from "../../local/simulator/ports/silent-log.ts";
import { endpointWith, eventWith } from "../support/examples.ts";
import { memoryWorld } from "../support/memory-world.ts";

/** Counted ports with their counts and timings. @param receive how receivers answer */
function countedWorld(receive?: Parameters<typeof memoryWorld>[0]) {
  const counts: Record<string, number> = {};
  const timings: Record<string, number[]> = {};
  const figures: MetricsRecorder = {
    count: (name, by = 1) => {
      counts[name] = (counts[name] ?? 0) + by;
    },
    measure: (name, value) => {
      timings[name] = [...(timings[name] ?? []), value];
    },
  };
  const memory = memoryWorld(receive);
  const world = {
    ...memory,
    queue: countedQueue(memory.queue, figures),
    webhookClient: countedWebhookClient(memory.webhookClient, figures),
    log: countedLog(memory.log, figures),
    deliveries: countedDeliveries(memory.deliveries, figures),
    states: countedStates(memory.states, memory.clock, figures),
  };
  return { world, memory, figures, counts, timings };
}

async function withEndpoint(world: ReturnType<typeof countedWorld>["world"], url: string) {
  const endpoint = endpointWith({ url });
  await world.endpoints.add(endpoint, newState(endpoint.id, endpoint.account, 0));
  return endpoint;
}

describe("a delivery that moves to another endpoint", () => {
  it("a moved delivery does not count as ended", async () => {
    const { world, counts } = countedWorld();
    const ended = {
      endpoint: "ep_1",
      account: "acme",
      eventId: eventWith().id,
      type: "open",
      status: "cancelled",
      reason: "moved",
      endedAt: 0,
      attempts: [],
      keptUntil: 1,
    } as const;
    await completeDeliveries(world, [ended]);
    expect(counts).toEqual({});
    await completeDeliveries(world, [{ ...ended, endpoint: "ep_2", reason: "deleted" }]);
    expect(counts).toEqual({ DeliveriesCancelled: 1 });
  });
});

describe("dispatching", () => {
  it("dispatching counts deliveries and attempts, and measures the delay since acceptance and the receiver's latency", async () => {
    const { world, counts, timings } = countedWorld(({ url }) => ({
      status: url.includes("failing") ? 500 : 200,
      tookMs: 30,
    }));
    await withEndpoint(world, "https://healthy.example.com/");
    await withEndpoint(world, "https://failing.example.com/");
    const acceptedAt = world.clock.now() - 250;
    await dispatcher(world)(
      [{ content: { account: "acme", events: [eventWith({ acceptedAt })] }, receives: 1 }],
      world.clock.now() + 60_000,
    );
    expect(counts).toEqual({
      AttemptsSucceeded: 1,
      AttemptsHttpStatus: 1,
      DeliveriesDelivered: 1,
      DeliveriesPending: 1,
    });
    expect(timings).toEqual({ AcceptToFirstAttempt: [250, 250], ReceiverLatency: [30, 30] });
  });

  it("dispatching an event twice counts its delivery once", async () => {
    const { world, counts } = countedWorld();
    await withEndpoint(world, "https://healthy.example.com/");
    const batch = [{ content: { account: "acme", events: [eventWith()] }, receives: 1 }];
    await dispatcher(world)(batch, world.clock.now() + 60_000);
    await dispatcher(world)(batch, world.clock.now() + 60_000); // a second copy from the queue, in a new environment
    expect(counts).toEqual({ AttemptsSucceeded: 2, DeliveriesDelivered: 1 });
  });

  it("a timeout does not count as receiver latency", async () => {
    const { world, counts, timings } = countedWorld(() => ({ status: "silent" }));
    await withEndpoint(world, "https://silent.example.com/");
    const batch = [{ content: { account: "acme", events: [eventWith()] }, receives: 1 }];
    await dispatcher(world)(batch, world.clock.now() + 60_000);
    expect(counts).toEqual({ AttemptsTimedOut: 1, DeliveriesPending: 1 });
    expect(timings).toEqual({ AcceptToFirstAttempt: [0] });
  });
});

describe("final outcomes", () => {
  const ended = {
    endpoint: "ep_1",
    account: "acme",
    eventId: eventWith().id,
    type: "t",
    endedAt: 0,
    attempts: [],
    keptUntil: 0,
  };

  it("a repeated final outcome is counted once", async () => {
    const { world, counts } = countedWorld();
    await completeDeliveries(world, [{ ...ended, status: "delivered" }]);
    await completeDeliveries(world, [{ ...ended, status: "delivered" }]);
    expect(counts).toEqual({ DeliveriesDelivered: 1, PendingDelivered: 1 });
  });

  it.each([
    ["exhausted", "schedule", "DeliveriesExhausted"],
    ["cancelled", "skipped", "DeliveriesCancelled"],
  ] as const)("the final outcome %s has its own metric", async (status, reason, name) => {
    const { world, counts } = countedWorld();
    await world.deliveries.recordOutcome({ ...ended, status, reason });
    expect(counts).toEqual({ [name]: 1 });
  });
});

describe("status changes", () => {
  it("a status change is counted only for the function that made it", async () => {
    const { world, counts } = countedWorld();
    const { id } = await withEndpoint(world, "https://example.com/");
    const before = newState(id, "acme", 0);
    const failing = toFailing(before, 1, { probeAt: 0 }, 0, { code: "attempts_failed", attempts: 5 });
    const first = await world.states.update(id, failing);
    await world.states.update(id, failing);
    expect(counts).toEqual({ EndpointsFailing: 1 });
    if (first !== undefined) await world.states.update(id, toActive(first.state, 0, 0, { code: "works_again" }));
    expect(counts).toEqual({ EndpointsFailing: 1, EndpointsRecovered: 1 });
  });

  it("resuming an endpoint does not count as failing", async () => {
    const { world, counts } = countedWorld();
    const { id } = await withEndpoint(world, "https://example.com/");
    await world.states.update(id, toResumed(newState(id, "acme", 0), 0));
    expect(counts).toEqual({});
  });

  it("a round that begins measures how late it is", async () => {
    const { world, timings } = countedWorld();
    const { id } = await withEndpoint(world, "https://example.com/");
    const now = world.clock.now();
    await world.states.update(id, { set: { wakeAt: now - 4_500 } });
    await world.states.update(id, beginRound("r1", now, now + 70_000));
    await world.states.update(id, beginRound("r2", now, now + 70_000));
    expect(timings).toEqual({ WakeUpLag: [4.5] });
  });
});

describe("accepting", () => {
  it("events are counted when the queue has accepted them, but not events that may have been queued before", async () => {
    const { world, memory, counts, figures } = countedWorld();
    await world.queue.send([eventWith(), eventWith()]);
    await world.queue.send([eventWith()], true);
    expect(counts).toEqual({ EventsAccepted: 2 });
    memory.queue.isDown = true;
    await expect(countedQueue(memory.queue, figures).send([eventWith()])).rejects.toThrow();
    expect(counts).toEqual({ EventsAccepted: 2 });
  });

  it("refused addresses are counted", async () => {
    const { counts, figures } = countedWorld();
    const guard = countedGuard(
      { refusal: async (url) => (url.includes("10.0.0.1") ? "not public" : undefined) },
      figures,
    );
    expect(await guard.refusal("https://example.com/")).toBeUndefined();
    expect(counts).toEqual({});
    expect(await guard.refusal("https://10.0.0.1/")).toBe("not public");
    expect(counts).toEqual({ GuardRefusals: 1 });
  });
});

describe("a message that fails", () => {
  it("is logged and counted", () => {
    const { counts, figures } = countedWorld();
    const logged: string[] = [];
    const report = countedFailures({ ...silentLog, messageFailed: (account) => void logged.push(account) }, figures);
    report.messageFailed("acme", new Error("refused"));
    expect([counts, logged]).toEqual([{ MessagesFailed: 1 }, ["acme"]]);
  });
});

describe("the sweeper", () => {
  it("the sweeper counts a heartbeat and zero resent wake-ups", () => {
    const { counts, figures } = countedWorld();
    const logged: number[] = [];
    countedSweeps({ ...silentLog, swept: (count) => void logged.push(count) }, figures).swept(0);
    expect(counts).toEqual({ SweeperHeartbeat: 1, WakeUpsResent: 0 });
    expect(logged).toEqual([0]);
  });
});

describe("the failure rate", () => {
  it("an exceeded failure rate is counted when it goes over the limit, not on later updates", async () => {
    const { memory, figures, counts } = countedWorld();
    const stats = countedStats(memory.stats, figures);
    const failureRate = { source: "mailjet", destination: null, delivered: 0, undelivered: 100 } as const;
    const over = { ...failureRate, version: 1, overAt: 5, seenAt: 5, isPublished: false };
    const publishedAlert = { ...over, version: 2, isPublished: true };
    const belowLimit = { ...failureRate, version: 3, seenAt: 9, isPublished: true };
    for (const change of [
      { alert: over, seen: undefined },
      { alert: over, seen: undefined },
      { alert: publishedAlert, seen: over },
      { alert: belowLimit, seen: publishedAlert },
    ])
      await stats.saveAlert("acme", change, 10);
    expect(counts).toEqual({ FailureRateExceeded: 1 });
    await stats.saveAlert("acme", { alert: { ...over, version: 4, overAt: 11 }, seen: belowLimit }, 12);
    expect(counts).toEqual({ FailureRateExceeded: 2 });
  });
});
