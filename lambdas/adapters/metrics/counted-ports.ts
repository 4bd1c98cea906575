import type { StateChange } from "../../endpoints/model/conditional-update.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Deliveries } from "../../ports/deliveries.ts";
import type { States } from "../../ports/endpoints.ts";
import type { EventLog, EventQueue } from "../../ports/events.ts";
import type { Log } from "../../ports/operations.ts";
import type { Guard, WebhookClient } from "../../ports/outgoing.ts";
import type { Stats } from "../../ports/stats.ts";
import { ATTEMPTS, CHANGES, FINAL_OUTCOMES, type MetricsRecorder } from "./metric-names.ts";

// Metrics are counted in the ports: a conditional write succeeds only once, so a repeat after a crash, or a second function,
// does not count again.

const SECOND_MS = 1_000;

/** Counts accepted events, except events that may have been queued, and counted, before. */
export function countedQueue(queue: EventQueue, metrics: MetricsRecorder): EventQueue {
  return {
    ...queue,
    async send(events, isAgain, delayMs) {
      await queue.send(events, isAgain, delayMs);
      if (isAgain !== true) metrics.count("EventsAccepted", events.length);
    },
  };
}

export function countedGuard(guard: Guard, metrics: MetricsRecorder): Guard {
  return {
    async refusal(url) {
      const refusal = await guard.refusal(url);
      if (refusal !== undefined) metrics.count("GuardRefusals");
      return refusal;
    },
  };
}

export function countedWebhookClient(webhookClient: WebhookClient, metrics: MetricsRecorder): WebhookClient {
  return {
    async post(webhook, isSuccess) {
      const attempt = await webhookClient.post(webhook, isSuccess);
      metrics.count(ATTEMPTS[attempt.outcome]);
      if (attempt.answer !== undefined) metrics.measure("ReceiverLatency", attempt.durationMs);
      return attempt;
    },
  };
}

/** Counts an event's first attempts, when the event is logged for the first time. */
export function countedLog(log: EventLog, metrics: MetricsRecorder): EventLog {
  return {
    ...log,
    async add(event) {
      const earlier = await log.add(event);
      if (earlier !== undefined) return earlier;
      const [delivered, parked] = [Object.values(event.delivered), Object.values(event.parked)];
      const withheld = Object.keys(event.withheld).length;
      if (delivered.length > 0) metrics.count("DeliveriesDelivered", delivered.length);
      if (parked.length > 0) metrics.count("DeliveriesPending", parked.length);
      if (withheld > 0) metrics.count("DeliveriesCancelled", withheld);
      for (const { code, at } of [...delivered, ...parked]) {
        // The clocks of two machines can differ.
        if (code !== "untried") metrics.measure("AcceptToFirstAttempt", Math.max(0, at - event.acceptedAt));
      }
      return undefined;
    },
  };
}

/** Counts final outcomes, each once. */
export function countedDeliveries(deliveries: Deliveries, metrics: MetricsRecorder): Deliveries {
  return {
    ...deliveries,
    async recordOutcome(ended) {
      const earlier = await deliveries.recordOutcome(ended);
      if (earlier !== undefined) return earlier;
      if (ended.reason === "moved") return undefined; // it continues at another endpoint
      metrics.count(FINAL_OUTCOMES[ended.status]);
      if (ended.status === "delivered") metrics.count("PendingDelivered");
      return undefined;
    },
  };
}

/** Counts status changes of endpoints, and measures how late rounds start. */
export function countedStates(states: States, { now }: Pick<Clock, "now">, metrics: MetricsRecorder): States {
  return {
    ...states,
    async update(endpoint, change) {
      const updated = await states.update(endpoint, change);
      if (updated === undefined || !updated.isDone) return updated;
      const metric = metricOfChange(change);
      if (metric !== undefined) metrics.count(metric);
      const { wakeAt } = updated.state;
      if (change.set?.roundUntil !== undefined && wakeAt !== undefined)
        metrics.measure("WakeUpLag", Math.max(0, now() - wakeAt) / SECOND_MS);
      return updated;
    },
  };
}

/** Counts failure rates that go over the limit, when the alert state is written: once per alert. */
export function countedStats(stats: Stats, metrics: MetricsRecorder): Stats {
  return {
    ...stats,
    async saveAlert(account, change, keptUntil, time) {
      const isDone = await stats.saveAlert(account, change, keptUntil, time);
      const { alert, seen } = change;
      if (isDone && alert.overAt !== undefined && alert.overAt !== seen?.overAt) metrics.count("FailureRateExceeded");
      return isDone;
    },
  };
}

/** Logs and counts messages that fail. SQS's own age of the oldest message leaves out those received several times. */
export function countedFailures(report: Log, metrics: MetricsRecorder): Log {
  return {
    ...report,
    messageFailed(account, error) {
      report.messageFailed(account, error);
      metrics.count("MessagesFailed");
    },
  };
}

/** Logs and counts a run of the sweeper. */
export function countedSweeps(report: Log, metrics: MetricsRecorder): Log {
  return {
    ...report,
    swept(count) {
      report.swept(count);
      metrics.count("SweeperHeartbeat");
      metrics.count("WakeUpsResent", count);
    },
  };
}

function metricOfChange({ set, add }: StateChange) {
  const last = add?.announced === undefined ? undefined : set?.announce?.at(-1);
  return last === undefined ? undefined : CHANGES[last.type];
}
