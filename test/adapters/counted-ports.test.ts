import { describe, expect, it } from "vitest";
import {
  countedDeliveries,
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
import { toActive, toFailing, toResumed } from "../../lambdas/endpoints/model/endpoint-transitions.ts";
import { beginRound } from "../../lambdas/endpoints/model/wake-up.ts";
import { endpointWith, eventWith } from "../support/examples.ts";
import { memoryWorld } from "../support/memory-world.ts";

/** A world that is counted, and what was counted in it. @param receive what receivers answer */
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

describe("a delivery that is handed to another endpoint", () => {
  it("is not counted as ended: it goes on there", async () => {
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

describe("what is dispatched", () => {
  it("is counted by deliveries and attempts, and measured from its acceptance and by its receiver", async () => {
    const { world, counts, timings } = countedWorld(({ url }) => ({
      status: url.includes("ill") ? 500 : 200,
      tookMs: 30,
    }));
    await withEndpoint(world, "https://well.example.com/");
    await withEndpoint(world, "https://ill.example.com/");
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

  it("and received a second time counts no delivery twice: the event is in the log by then", async () => {
    const { world, counts } = countedWorld();
    await withEndpoint(world, "https://well.example.com/");
    const batch = [{ content: { account: "acme", events: [eventWith()] }, receives: 1 }];
    await dispatcher(world)(batch, world.clock.now() + 60_000);
    await dispatcher(world)(batch, world.clock.now() + 60_000); // as a queue's second copy: unknown to whoever gets it
    expect(counts).toEqual({ AttemptsSucceeded: 2, DeliveriesDelivered: 1 });
  });

  it("and times out measures no receiver: it would be our own deadline", async () => {
    const { world, counts, timings } = countedWorld(() => ({ status: "silent" }));
    await withEndpoint(world, "https://silent.example.com/");
    const batch = [{ content: { account: "acme", events: [eventWith()] }, receives: 1 }];
    await dispatcher(world)(batch, world.clock.now() + 60_000);
    expect(counts).toEqual({ AttemptsTimedOut: 1, DeliveriesPending: 1 });
    expect(timings).toEqual({ AcceptToFirstAttempt: [0] });
  });
});

describe("a last word", () => {
  const ended = {
    endpoint: "ep_1",
    account: "acme",
    eventId: eventWith().id,
    type: "t",
    endedAt: 0,
    attempts: [],
    keptUntil: 0,
  };

  it("is counted once, however often it is repeated", async () => {
    const { world, counts } = countedWorld();
    await completeDeliveries(world, [{ ...ended, status: "delivered" }]);
    await completeDeliveries(world, [{ ...ended, status: "delivered" }]);
    expect(counts).toEqual({ DeliveriesDelivered: 1, PendingDelivered: 1 });
  });

  it.each([
    ["exhausted", "schedule", "DeliveriesExhausted"],
    ["cancelled", "skipped", "DeliveriesCancelled"],
  ] as const)("is counted by what it is: %s", async (status, reason, name) => {
    const { world, counts } = countedWorld();
    await world.deliveries.recordOutcome({ ...ended, status, reason });
    expect(counts).toEqual({ [name]: 1 });
  });
});

describe("what becomes of an endpoint", () => {
  it("is counted as it is told, by who changed it and not by who came second", async () => {
    const { world, counts } = countedWorld();
    const { id } = await withEndpoint(world, "https://example.com/");
    const seen = newState(id, "acme", 0);
    const failing = toFailing(seen, 1, { probeAt: 0 }, 0, "five failures");
    const first = await world.states.update(id, failing);
    await world.states.update(id, failing);
    expect(counts).toEqual({ EndpointsFailing: 1 });
    if (first !== undefined) await world.states.update(id, toActive(first.state, 0, 0, "the endpoint works again"));
    expect(counts).toEqual({ EndpointsFailing: 1, EndpointsRecovered: 1 });
  });

  it("at its user's wish is not our finding: a resumed endpoint is not counted as failing", async () => {
    const { world, counts } = countedWorld();
    const { id } = await withEndpoint(world, "https://example.com/");
    await world.states.update(id, toResumed(newState(id, "acme", 0), 0, "resumed by the user"));
    expect(counts).toEqual({});
  });

  it("waits no longer unseen: a round measures how far past its time it begins, and only if it begins", async () => {
    const { world, timings } = countedWorld();
    const { id } = await withEndpoint(world, "https://example.com/");
    const now = world.clock.now();
    await world.states.update(id, { set: { wakeAt: now - 4_500 } });
    await world.states.update(id, beginRound("r1", now, now + 70_000));
    await world.states.update(id, beginRound("r2", now, now + 70_000));
    expect(timings).toEqual({ WakeUpLag: [4.5] });
  });
});

describe("what is accepted", () => {
  it("is counted when the queue has it, but not what may have been queued before", async () => {
    const { world, memory, counts, figures } = countedWorld();
    await world.queue.send([eventWith(), eventWith()]);
    await world.queue.send([eventWith()], true);
    expect(counts).toEqual({ EventsAccepted: 2 });
    memory.queue.isDown = true;
    await expect(countedQueue(memory.queue, figures).send([eventWith()])).rejects.toThrow();
    expect(counts).toEqual({ EventsAccepted: 2 });
  });

  it("is counted as refused where nothing may be sent", async () => {
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

describe("the sweeper", () => {
  it("shows that it lives, and that there was nothing to repair", () => {
    const { counts, figures } = countedWorld();
    const logged: number[] = [];
    countedSweeps({ swept: (count) => logged.push(count) }, figures).swept(0);
    expect(counts).toEqual({ SweeperHeartbeat: 1, WakeUpsResent: 0 });
    expect(logged).toEqual([0]);
  });
});

describe("a share of e-mails that do not arrive", () => {
  it("is counted when it goes over the limit, not when that is told, seen again or over", async () => {
    const { memory, figures, counts } = countedWorld();
    const stats = countedStats(memory.stats, figures);
    const share = { source: "mailjet", destination: null, delivered: 0, undelivered: 100 } as const;
    const over = { ...share, version: 1, overAt: 5, seenAt: 5, isPublished: false };
    const told = { ...over, version: 2, isPublished: true };
    const well = { ...share, version: 3, seenAt: 9, isPublished: true };
    for (const change of [
      { latch: over, seen: undefined },
      { latch: over, seen: undefined },
      { latch: told, seen: over },
      { latch: well, seen: told },
    ])
      await stats.latch("acme", change, 10);
    expect(counts).toEqual({ FailureRateExceeded: 1 });
    await stats.latch("acme", { latch: { ...over, version: 4, overAt: 11 }, seen: well }, 12);
    expect(counts).toEqual({ FailureRateExceeded: 2 });
  });
});
