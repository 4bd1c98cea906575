import { type NextProbe, nextProbe } from "../../retry/model/next-probe.ts";
import { isShort, probeScheduleOf, type RetrySchedule, waitsIn } from "../../retry/model/retry-schedule.ts";
import { LIMITS } from "../../shared/limits.ts";
import type { EndpointState, StatusReason } from "./endpoint-state.ts";

/** What a dispatch batch, a backlog delivery or a probe observed of an endpoint. */
export interface Observed {
  /** `traffic`: first attempts and backlog deliveries. `early probe`: a probe between two scheduled ones. */
  readonly by: "traffic" | "probe" | "early probe";
  /** The longest `Retry-After` of the responses, ms; 0 without one. */
  readonly retryAfterMs: number;
  /** The receiver answered 410. */
  readonly isGone?: boolean;
  /** Traffic: the failures since the last success that count for the endpoint. Without any it does not become failing. */
  readonly failures?: {
    /** Failed attempts of the delivery that has failed most often, 1 or more: a newly failing endpoint starts there. */
    readonly attemptIndex: number;
    /** The longest `Retry-After` of these failures, ms; 0 without one. */
    readonly retryAfterMs: number;
  };
  /** Probe: at least one attempt succeeded. Successes of traffic are already in the state: they reset `streak`. */
  readonly hasSucceeded?: boolean;
  /** Probe: the receiver refused an event as a loop. It works, but this was no success. */
  readonly isLoop?: boolean;
  /** Probe: nothing was pending. */
  readonly isBacklogEmpty?: boolean;
  /** Probe: the receiver rejects these events, while it accepts others. */
  readonly areRejected?: boolean;
}

/** What happens to the endpoint next. */
export type Transition =
  | { readonly to: "unchanged" }
  | { readonly to: "suspended"; readonly reason: StatusReason }
  | { readonly to: "failing"; readonly attemptIndex: number; readonly next: NextProbe; readonly reason: StatusReason }
  | { readonly to: "active"; readonly reason: StatusReason; readonly lastSuccessAt?: number }
  /** Nothing is sent before `until`, epoch ms, because of the receiver's Retry-After. */
  | { readonly to: "waiting"; readonly until: number }
  | { readonly to: "next probe"; readonly next: NextProbe }
  | { readonly to: "next early probe"; readonly at: number; readonly notBefore?: number }
  /** The schedule has ended for rejected events: they are exhausted, and the endpoint stays in use. */
  | { readonly to: "events exhausted" };

export interface PolicyRules {
  /** The endpoint's retry schedule, which is extended for probes if it is short. */
  readonly schedule: RetrySchedule;
  /** Between early probes of a failing endpoint, ms; 0: none. */
  readonly earlyProbeMs: number;
}

/**
 * Decides whether an endpoint becomes failing, suspended or active again, or has to wait. Dispatch, backlog deliveries and
 * probes all call this function and carry out its result.
 * @param state the current state, including the failures and successes of `observed`
 */
export function nextTransition(state: EndpointState, observed: Observed, rules: PolicyRules, now: number): Transition {
  return observed.by === "traffic"
    ? afterTraffic(state, observed, rules, now)
    : afterProbe(state, observed, rules, now);
}

function afterTraffic(
  state: EndpointState,
  { isGone = false, retryAfterMs, failures }: Observed,
  { schedule, earlyProbeMs }: PolicyRules,
  now: number,
): Transition {
  if (state.status !== "active" && state.status !== "failing") return { to: "unchanged" };
  if (isGone) return GONE;
  if (failures !== undefined && state.status === "active" && state.streak >= LIMITS.failingAfterFailures) {
    const { attemptIndex } = failures;
    const next = nextProbe(probeScheduleOf(schedule), attemptIndex, now, failures.retryAfterMs, earlyProbeMs) ?? {
      probeAt: now,
    };
    return { to: "failing", attemptIndex, next, reason: { code: "attempts_failed", attempts: state.streak } };
  }
  return retryAfterMs > 0 ? { to: "waiting", until: now + retryAfterMs } : { to: "unchanged" };
}

function afterProbe(
  state: EndpointState,
  {
    by,
    hasSucceeded = false,
    isLoop = false,
    isGone = false,
    isBacklogEmpty = false,
    areRejected = false,
    retryAfterMs,
  }: Observed,
  { schedule, earlyProbeMs }: PolicyRules,
  now: number,
): Transition {
  if (hasSucceeded) return { to: "active", reason: { code: "works_again" }, lastSuccessAt: now };
  if (isLoop) return { to: "active", reason: { code: "works_again" } };
  if (isGone) return GONE;
  if (by === "early probe")
    return {
      to: "next early probe",
      at: now + earlyProbeMs,
      ...(retryAfterMs > 0 && { notBefore: now + retryAfterMs }),
    };
  // The deliveries of a short schedule end before their endpoint has recovered: the next event to join is probed.
  if (isBacklogEmpty && isShort(schedule)) return { to: "unchanged" };
  if (isBacklogEmpty) return { to: "active", reason: { code: "backlog_empty" } };
  const probes = probeScheduleOf(schedule);
  const next = nextProbe(probes, state.attemptIndex + 1, now, retryAfterMs, earlyProbeMs);
  if (next !== undefined) return { to: "next probe", next };
  if (areRejected) return { to: "events exhausted" };
  const attempts = Math.max(state.attemptIndex, waitsIn(probes)) + 1;
  return { to: "suspended", reason: { code: "all_attempts_failed", attempts } };
}

const GONE = { to: "suspended", reason: { code: "gone" } } as const;

/** Whether a batch or a backlog delivery must stop sending, even before the endpoint's state says so. */
export function shouldStopSending(
  { failures, isGone, notBefore = 0 }: { failures: number; isGone: boolean; notBefore?: number | undefined },
  now: number,
): boolean {
  return failures >= LIMITS.failingAfterFailures || isGone || now < notBefore;
}

/**
 * Whether the receiver rejects the event: its delivery failed before the endpoint's last success. Otherwise an endpoint
 * that rejects some events would become failing whenever five of them come in a row.
 */
export function isRejected(
  { firstFailedAt = Number.POSITIVE_INFINITY }: { readonly firstFailedAt?: number },
  { lastOkAt = 0 }: Pick<EndpointState, "lastOkAt">,
): boolean {
  return firstFailedAt < lastOkAt;
}
