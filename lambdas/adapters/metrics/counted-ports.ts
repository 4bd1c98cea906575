import type { StateChange } from "../../endpoints/model/conditional-update.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Deliveries } from "../../ports/deliveries.ts";
import type { States } from "../../ports/endpoints.ts";
import type { EventLog, EventQueue } from "../../ports/events.ts";
import type { Log } from "../../ports/operations.ts";
import type { Guard, WebhookClient } from "../../ports/outgoing.ts";
import type { Stats } from "../../ports/stats.ts";
import { ATTEMPTS, CHANGES, FINAL_OUTCOMES, type Figures } from "./metric-names.ts";

// Figures are taken where the world answers, not in the flows: what is counted is what was written, and a conditional
// write happens once. Whoever repeats it after a crash, or comes second, is answered so, and does not count.

const SECOND_MS = 1_000;

/** Counts what accept queues. Not what may have been queued before: the request that did so has counted it. */
export function countedQueue(queue: EventQueue, figures: Figures): EventQueue {
  return {
    ...queue,
    async send(events, isAgain, delayMs) {
      await queue.send(events, isAgain, delayMs);
      if (isAgain !== true) figures.count("EventsAccepted", events.length);
    },
  };
}

export function countedGuard(guard: Guard, figures: Figures): Guard {
  return {
    async refusal(url) {
      const refusal = await guard.refusal(url);
      if (refusal !== undefined) figures.count("GuardRefusals");
      return refusal;
    },
  };
}

export function countedWebhookClient(webhookClient: WebhookClient, figures: Figures): WebhookClient {
  return {
    async post(webhook, isSuccess) {
      const attempt = await webhookClient.post(webhook, isSuccess);
      figures.count(ATTEMPTS[attempt.outcome]);
      if (attempt.answer !== undefined) figures.measure("ReceiverLatency", attempt.durationMs);
      return attempt;
    },
  };
}

/** Counts events' first attempts, when the event is written down for the first time. */
export function countedLog(log: EventLog, figures: Figures): EventLog {
  return {
    ...log,
    async add(event) {
      const earlier = await log.add(event);
      if (earlier !== undefined) return earlier;
      const [delivered, parked] = [Object.values(event.delivered), Object.values(event.parked)];
      const withheld = Object.keys(event.withheld).length;
      if (delivered.length > 0) figures.count("DeliveriesDelivered", delivered.length);
      if (parked.length > 0) figures.count("DeliveriesPending", parked.length);
      if (withheld > 0) figures.count("DeliveriesCancelled", withheld);
      for (const { code, at } of [...delivered, ...parked]) {
        // Clocks of two machines differ.
        if (code !== "untried") figures.measure("AcceptToFirstAttempt", Math.max(0, at - event.acceptedAt));
      }
      return undefined;
    },
  };
}

/** Counts last words, each once. */
export function countedDeliveries(deliveries: Deliveries, figures: Figures): Deliveries {
  return {
    ...deliveries,
    async recordOutcome(ended) {
      const standing = await deliveries.recordOutcome(ended);
      if (standing !== undefined) return standing;
      if (ended.reason === "moved") return undefined; // it goes on elsewhere
      figures.count(FINAL_OUTCOMES[ended.status]);
      if (ended.status === "delivered") figures.count("PendingDelivered");
      return undefined;
    },
  };
}

/** Counts what becomes of endpoints, and how late rounds begin. */
export function countedStates(states: States, { now }: Pick<Clock, "now">, figures: Figures): States {
  return {
    ...states,
    async update(endpoint, change) {
      const updated = await states.update(endpoint, change);
      if (updated === undefined || !updated.isDone) return updated;
      const told = announced(change);
      if (told !== undefined) figures.count(told);
      const { wakeAt } = updated.state;
      if (change.set?.roundUntil !== undefined && wakeAt !== undefined)
        figures.measure("WakeUpLag", Math.max(0, now() - wakeAt) / SECOND_MS);
      return updated;
    },
  };
}

/** Counts shares that go over the limit, when that is written down: told twice, it has happened once. */
export function countedStats(stats: Stats, figures: Figures): Stats {
  return {
    ...stats,
    async latch(account, change, keptUntil) {
      const isDone = await stats.latch(account, change, keptUntil);
      const { latch, seen } = change;
      if (isDone && latch.overAt !== undefined && latch.overAt !== seen?.overAt) figures.count("FailureRateExceeded");
      return isDone;
    },
  };
}

/** One run of the sweeper: its log line and its figures. */
export function countedSweeps(report: Pick<Log, "swept">, figures: Figures): Pick<Log, "swept"> {
  return {
    swept(count) {
      report.swept(count);
      figures.count("SweeperHeartbeat");
      figures.count("WakeUpsResent", count);
    },
  };
}

function announced({ set, add }: StateChange) {
  const last = add?.announced === undefined ? undefined : set?.announce?.at(-1);
  return last === undefined ? undefined : CHANGES[last.type];
}
