import { sha256 } from "../../events/model/idempotency.ts";
import { lowestId } from "../../shared/ids.ts";
import { LIMITS } from "../../shared/limits.ts";

/** Which deliveries a recovery sends again. `unsent`: events that have no delivery to the endpoint. */
export const RECOVERED_STATUSES = ["exhausted", "cancelled", "pending", "delivered", "unsent"] as const;
type RecoveredStatus = (typeof RECOVERED_STATUSES)[number];

/** `waiting`: until events that were accepted shortly before its end are surely logged. */
export type RecoveryStatus = "running" | "waiting" | "cancelled" | "finished";

/** Which deliveries a recovery is about. */
export interface RecoveryFilter {
  /** Absent: all endpoints of the account. */
  readonly endpoint?: string;
  /** Events accepted at this time or later, epoch ms. */
  readonly since: number;
  /** Events accepted before this time, epoch ms. */
  readonly until: number;
  /** Exact types and patterns, as of an endpoint. Absent: all types; for `unsent`, those that the endpoint subscribes to. */
  readonly types?: readonly string[];
  readonly statuses: readonly RecoveredStatus[];
}

/** What a request asks for; the times are absent where it leaves them to the service. */
export type RecoveryRequest = Pick<RecoveryFilter, "endpoint" | "types" | "statuses"> &
  Partial<Pick<RecoveryFilter, "since" | "until">>;

export interface Estimate {
  readonly deliveries: number;
  /** Whether all events were read; otherwise there can be more deliveries. */
  readonly isComplete: boolean;
}

/** Sends deliveries again in the background, step by step. */
export interface Recovery extends RecoveryFilter {
  readonly id: string;
  readonly account: string;
  /** Identifies the request, so that the same one does not run twice at the same time. */
  readonly request: string;
  readonly status: RecoveryStatus;
  readonly estimate: Estimate;
  /** The event up to which the log was read. */
  readonly after: string;
  /** Whether the log was read to the end. */
  readonly isScanned: boolean;
  /** The time of acceptance up to which events were read, epoch ms. */
  readonly scannedUntil: number;
  /** By endpoint whose backlog was full: the event up to which its deliveries were handled. */
  readonly behind: Readonly<Record<string, string>>;
  /** Whether the youngest events are being read a second time. */
  readonly isSecondScan: boolean;
  /** Marks the deliveries that this scan sends again: a step that is repeated after a crash recognises them. */
  readonly resentAt: number;
  readonly resent: number;
  /** Deliveries that matched and were not sent again, because their endpoint is gone. */
  readonly skipped: number;
  /** When its next step is due. */
  readonly nextAt: number;
  /** While a step runs: when another function may repeat it. */
  readonly stepUntil?: number;
  readonly cancelRequestedAt?: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly finishedAt?: number;
  /** Whether its end was published. */
  readonly isPublished?: true;
  /** Days that it is kept after its last change, like an event. */
  readonly retentionDays: number;
  /** Incremented by every write except the request to cancel it. */
  readonly version: number;
}

/** A recovery that has not ended, or whose end is not published yet. */
export interface RunningRecovery {
  readonly account: string;
  readonly id: string;
  readonly request: string;
  readonly createdAt: number;
}

const SECOND_MS = 1_000;
const YOUNG_MS = LIMITS.notYetLoggedSeconds * SECOND_MS;

/** Identifies a request by its fields, whatever the order of types and statuses. */
export function requestKey({ endpoint, since, until, types, statuses }: RecoveryRequest): string {
  const sorted = (values?: readonly string[]) => values && [...new Set(values)].sort();
  return sha256(JSON.stringify([endpoint, since, until, sorted(types), sorted(statuses)]));
}

export function newRecovery(
  start: Pick<Recovery, "id" | "account" | "request" | "estimate" | "retentionDays"> & RecoveryFilter,
  now: number,
): Recovery {
  return {
    ...start,
    status: "running",
    after: lowestId(start.since),
    isScanned: false,
    scannedUntil: start.since,
    behind: {},
    isSecondScan: false,
    resentAt: now,
    resent: 0,
    skipped: 0,
    nextAt: now,
    createdAt: now,
    updatedAt: now,
    version: 1,
  };
}

/** Whether nothing more is done, except to publish its end. */
export function hasEnded({ status }: Pick<Recovery, "status">): boolean {
  return status === "cancelled" || status === "finished";
}

/** Whether it is sending, and not waiting for young events or reading these a second time. */
export function isSendingFirst({ status, isSecondScan, cancelRequestedAt }: Recovery): boolean {
  return status === "running" && !isSecondScan && cancelRequestedAt === undefined;
}

/** The status that users see: a cancelled recovery still completes the step that had begun. */
export function shownStatus({ status, cancelRequestedAt }: Recovery): RecoveryStatus {
  return hasEnded({ status }) || cancelRequestedAt === undefined ? status : "cancelled";
}

/** The recovery with a step begun. After the wait for young events it reads these a second time, under a mark of its own. */
export function stepBegun(recovery: Recovery, now: number, stepUntil: number): Recovery {
  const begun = { ...recovery, stepUntil, updatedAt: now, nextAt: now, version: recovery.version + 1 };
  if (recovery.status !== "waiting") return begun;
  const from = Math.max(recovery.since, recovery.createdAt - YOUNG_MS);
  return {
    ...begun,
    status: "running",
    isSecondScan: true,
    resentAt: now,
    after: lowestId(from),
    isScanned: false,
    behind: {},
  };
}

/** How far a step came. */
export type StepProgress = Pick<Recovery, "after" | "isScanned" | "scannedUntil" | "behind"> & {
  readonly resent: number;
  readonly skipped: number;
  /** Whether all that is left waits for room in a backlog. */
  readonly isHeldBack: boolean;
};

/**
 * The recovery after a step.
 * @param notYetLoggedMs how long after its acceptance an event may not be logged yet
 */
export function stepDone(recovery: Recovery, progress: StepProgress, now: number, notYetLoggedMs: number): Recovery {
  const { stepUntil: _, ...rest } = recovery;
  const { resent, skipped, isHeldBack, ...reached } = progress;
  const done: Recovery = {
    ...rest,
    ...reached,
    resent: rest.resent + resent,
    // Both scans see them; the first one has counted them.
    skipped: rest.skipped + (rest.isSecondScan ? 0 : skipped),
    scannedUntil: Math.max(rest.scannedUntil, reached.scannedUntil),
    updatedAt: now,
    nextAt: isHeldBack ? now + LIMITS.recoveryPollSeconds * SECOND_MS : now,
    version: rest.version + 1,
  };
  if (!reached.isScanned || Object.keys(reached.behind).length > 0) return done;
  const loggedAt = rest.until + notYetLoggedMs;
  if (!rest.isSecondScan && rest.createdAt < loggedAt) return { ...done, status: "waiting", nextAt: loggedAt };
  return { ...done, status: "finished", finishedAt: now };
}

/** The recovery after its end was published. */
export function published(recovery: Recovery): Recovery {
  return { ...recovery, isPublished: true, version: recovery.version + 1 };
}

export function cancelled(recovery: Recovery, now: number): Recovery {
  return { ...recovery, status: "cancelled", finishedAt: now, updatedAt: now, version: recovery.version + 1 };
}
