import type { FailedAttempt } from "../delivery/model/failed-attempt-log.ts";

export interface Health {
  /** The names of the dependencies that do not respond. */
  unavailable(): Promise<string[]>;
}

export interface QueueDepth {
  readonly name: "events" | "wakeUps";
  /** Messages that wait, approximately. */
  readonly messages: number;
  /** Messages that failed too often, or cannot be decoded. */
  readonly deadLetters: number;
}

export interface Queues {
  depths(): Promise<QueueDepth[]>;
}

/** The log for operators: one line each, with allow-listed fields. */
export interface Log {
  attemptFailed(line: FailedAttempt): void;
  /** A message failed and will be received again. */
  messageFailed(account: string, error: unknown): void;
  /** Some of an account's events may be missing from its counters or from its failure rate. */
  countsLost(account: string, error: unknown): void;
  /** A change was made, but its entry in the account's activity could not be written. */
  activityLost(account: string, error: unknown): void;
  /** A retry round failed; it will run again. */
  roundFailed(endpoint: string, error: unknown): void;
  /** Messages that left a dead-letter queue: events were sent again, and wake-ups, which the table has too, deleted. */
  redriven(counts: { readonly eventMessages: number; readonly wakeUpMessages: number }): void;
  /** The number of overdue wake-ups that were sent again. */
  swept(count: number): void;
  /** EventBridge Scheduler did not accept a wake-up; it was sent as a delayed queue message instead. */
  scheduleRefused(endpoint: string, error: unknown): void;
}
