import type { EndpointState } from "../../endpoints/model/endpoint-state.ts";
import type { Group } from "../../retry/model/batching.ts";
import type { Delivery } from "./delivery.ts";

/** When a pending delivery is attempted next, or what it waits for. */
export type NextAttempt =
  /** Its own schedule decides. */
  | { readonly by: "schedule"; readonly at: number }
  /** The endpoint is failing: its probes decide. Two deliveries are probed at a time, so this is the earliest time. */
  | { readonly by: "probe"; readonly at: number }
  /** At the end of a pause, or later if it is not due then. */
  | { readonly by: "end of pause"; readonly at: number; readonly pausedUntil: number }
  | { readonly by: "none"; readonly because: "suspended" | "paused" | "deleted" }
  /** The endpoint's callback was deleted: the delivery is cancelled at `cancelledAt` unless the callback is registered again. */
  | { readonly by: "none"; readonly because: "callback deleted"; readonly cancelledAt: number };

/** What is known of the endpoint. */
export interface Health {
  readonly state: EndpointState | undefined;
  readonly group?: Group | undefined;
}

/**
 * When the next attempt of a pending delivery is made: never later than it really is, given what is scheduled. The field
 * `nextAttemptAt` and the sentence both come from here.
 * @returns `undefined` for a delivery that has ended
 */
export function nextAttemptOf(delivery: Delivery, { state, group }: Health): NextAttempt | undefined {
  if (delivery.status !== "pending") return undefined;
  const { dueAt = 0, attempts } = delivery;
  if (state === undefined) return { by: "schedule", at: dueAt };
  // A round sends new events of a group together, at the end of their window.
  const isGathered = group !== undefined && attempts.length === 0 && state.roundId === undefined;
  const gatheredAt = isGathered ? Math.min(state.wakeAt ?? dueAt, dueAt + group.windowMs) : dueAt;
  return nextAttemptFor(state, Math.max(dueAt, gatheredAt));
}

/** When the first attempt from an endpoint's backlog is made. @param dueAt when the first pending delivery is due */
export function nextAttemptFor(state: EndpointState, dueAt: number): NextAttempt {
  const { status, notBefore, keptUntil } = state;
  switch (status) {
    case "active":
      return { by: "schedule", at: Math.max(dueAt, notBefore ?? 0) };
    case "failing":
      return { by: "probe", at: nextProbeAt(state) };
    case "paused":
      if (notBefore === undefined) return { by: "none", because: "paused" };
      // An endpoint that was failing before is probed at once, whether the delivery is due or not.
      return {
        by: "end of pause",
        at: state.wasActive === true ? Math.max(dueAt, notBefore) : notBefore,
        pausedUntil: notBefore,
      };
    case "suspended":
      return { by: "none", because: "suspended" };
    case "deleted":
      return keptUntil === undefined
        ? { by: "none", because: "deleted" }
        : { by: "none", because: "callback deleted", cancelledAt: keptUntil };
  }
}

/** An early probe is made only by a round, and a round is scheduled for it only when something new has joined. */
function nextProbeAt({ probeAt, earlyProbeAt, wakeAt, statusSince, notBefore = 0 }: EndpointState): number {
  if (probeAt === undefined) return Math.max(wakeAt ?? statusSince, notBefore);
  const earlyAt = earlyProbeAt === undefined || wakeAt === undefined ? probeAt : Math.max(earlyProbeAt, wakeAt);
  return Math.max(Math.min(probeAt, earlyAt), notBefore);
}

/** Epoch ms; `undefined` while nothing will be sent, and for a delivery that has ended. */
export function timeOf(next: NextAttempt | undefined): number | undefined {
  return next === undefined || next.by === "none" ? undefined : next.at;
}

/** What is pending for an endpoint. */
export interface BacklogSummary {
  /** Pending deliveries, counted up to 1,000. */
  readonly count: number;
  /** Whether all of them were counted. */
  readonly isComplete: boolean;
  /** When the oldest pending event was accepted. */
  readonly oldestAt?: number;
  /** When the first of them is attempted, at the earliest; absent while nothing is sent. */
  readonly nextAttemptAt?: number;
}
