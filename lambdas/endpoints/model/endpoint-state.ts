import type { OperationalType } from "../../events/model/operational-types.ts";
import { LIMITS } from "../../shared/limits.ts";

/** A status event that is not published yet. It is written together with the change, so a crash cannot lose it. */
export interface Announcement {
  /** The endpoint's first is 1. The event's id is derived from it and the endpoint's id: published twice, it is one event. */
  readonly number: number;
  readonly type: OperationalType;
  readonly at: number;
  readonly reason: string;
  /** It is not published: an endpoint with operational webhooks alone, or too many changes within an hour. */
  readonly isSilent?: boolean;
}

/** The status events of one hour, so that an endpoint which changes all the time does not publish all the time. */
export interface AnnouncementHour {
  /** Epoch ms of its first. */
  readonly since: number;
  readonly published: number;
  /** Changes that were not published. At the end of the hour one summary tells how many. */
  readonly unpublished: number;
}

/** The user sets `paused`, Rappel sets `suspended`. `deleted` lasts until the backlog is cancelled. */
export type EndpointStatus = "active" | "failing" | "suspended" | "paused" | "deleted";

/** Why an endpoint has its status, a closed list, with the sentence that it makes. */
const STATUS_REASONS = {
  registered: () => "registered",
  registered_paused: () => "registered as paused",
  registered_again: () => "registered again",
  attempts_failed: (attempts: number) => `${attempts} attempts in a row have failed`,
  all_attempts_failed: (attempts: number) => `all ${attempts} attempts failed`,
  gone: () => "answered 410 Gone",
  works_again: () => "the endpoint works again",
  backlog_empty: () => "the backlog is empty",
  paused_by_user: () => "paused by the user",
  resumed_by_user: () => "resumed by the user",
  pause_ended: () => "the pause has ended",
  deleted: () => "deleted",
} as const;
export type StatusReasonCode = keyof typeof STATUS_REASONS;
export const STATUS_REASON_CODES = Object.keys(STATUS_REASONS) as [StatusReasonCode, ...StatusReasonCode[]];

export interface StatusReason {
  readonly code: StatusReasonCode;
  /** Of `attempts_failed` and `all_attempts_failed`: how many failed. */
  readonly attempts?: number;
}

/** The reason in words, as the API and operational webhooks show it. */
export function statusReasonText({ code, attempts = 0 }: StatusReason): string {
  return STATUS_REASONS[code](attempts);
}

/** An endpoint's health, in a separate item, so that deliveries never write the user's configuration. */
export interface EndpointState {
  readonly endpoint: string;
  readonly account: string;
  readonly status: EndpointStatus;
  readonly statusReason: StatusReason;
  readonly statusSince: number;
  /** Incremented at each change of status. */
  readonly version: number;
  /** Failures since the last success. */
  readonly streak: number;
  /** The last failure since the last success that was not of an operational webhook. */
  readonly ownFailureAt?: number;
  /** While `failing`: only operational webhooks have failed, so that its status was not published. */
  readonly isQuiet?: boolean;
  /** A recent success: written when it ends a streak of failures, otherwise at most every 5 minutes. */
  readonly lastOkAt?: number;
  /** A recent time at which the receiver refused an event as a loop: written at most every 5 minutes. */
  readonly lastLoopAt?: number;
  /** How many deliveries have joined the backlog so far: a round that ends compares it to see whether more have joined since. */
  readonly parked: number;
  /** While `failing`: failed attempts of the endpoint's retry schedule. */
  readonly attemptIndex: number;
  /** The event that was probed last, so that probes rotate through the backlog. */
  readonly probedTo?: string;
  /** While `failing`: when the next scheduled probe is due. */
  readonly probeAt?: number;
  /** While `failing`, if that is far away: when the next early probe may be made. */
  readonly earlyProbeAt?: number;
  /** While `paused`: it was active before, so that it needs no probe when the pause ends. */
  readonly wasActive?: boolean;
  /** Nothing is sent before this time: a Retry-After, or the end of a pause. */
  readonly notBefore?: number;
  /** The scheduled wake-up, a whole second. In the past while it is due or its round is running. */
  readonly wakeAt?: number;
  /** The next rounds cancel deliveries of events accepted before: the user resumed the endpoint without them. */
  readonly skipBefore?: number;
  /**
   * Once deleted: pending deliveries of these types move to the endpoints that now subscribe to them. The others are
   * cancelled.
   */
  readonly successorTypes?: readonly string[];
  /** Once deleted: its backlog stays until then, epoch ms, because the endpoint may be restored. Absent: it is cancelled now. */
  readonly keptUntil?: number;
  /** When the deliveries held on behalf of endpoints that work again were requested back. */
  readonly returnRequestedAt?: number;
  /** When its backlog was last checked for deliveries that expire soon. */
  readonly expiryCheckedAt: number;
  /** Status events that are not published yet, and how many there were in total. */
  readonly announce?: readonly Announcement[];
  readonly announced: number;
  readonly announceHour?: AnnouncementHour;
  /** The number of the last published one: a concurrent change can have put it back into `announce`. */
  readonly publishedTo?: number;
  /** The lease of the running round. */
  readonly roundId?: string;
  readonly roundUntil?: number;
}

/** The state of a newly registered endpoint. */
export function newState(endpoint: string, account: string, now: number): EndpointState {
  return {
    endpoint,
    account,
    status: "active",
    statusReason: { code: "registered" },
    statusSince: now,
    version: 1,
    streak: 0,
    parked: 0,
    attemptIndex: 0,
    expiryCheckedAt: now,
    announced: 0,
  };
}

/** The state of an endpoint that is registered as paused. It has not failed, so it is active as soon as it is resumed. */
export function pausedFromStart(added: EndpointState): EndpointState {
  return { ...added, status: "paused", statusReason: { code: "registered_paused" }, wasActive: true };
}

/** Whether it has been suspended for so long that new events no longer join its backlog. */
export function isSuspendedTooLong({ status, statusSince }: EndpointState, now: number): boolean {
  return status === "suspended" && now - statusSince > LIMITS.suspendedQueueSeconds * 1_000;
}

/** Whether a delivery is sent now: not while the endpoint is failing, suspended or paused, or before its `Retry-After`. */
export function isSendable({ status, notBefore }: EndpointState, now: number): boolean {
  return status === "active" && now >= (notBefore ?? 0);
}

/** Whether the function that made the last change should have published it by now, and has probably crashed. */
export function isPublishingOverdue({ announce }: EndpointState, now: number): boolean {
  const last = announce?.at(-1);
  return last !== undefined && now >= last.at + LIMITS.publishWithinSeconds * 1_000;
}
