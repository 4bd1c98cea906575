import type { FailedAttempt } from "../delivery/model/failed-attempt.ts";

export interface Health {
  /** The names of what does not answer. */
  ailing(): Promise<string[]>;
}

/** What an operator reads afterwards: one line each, of allow-listed fields. */
export interface Log {
  attemptFailed(line: FailedAttempt): void;
  /** A pack could not be settled and will be received again. */
  messageFailed(account: string, error: unknown): void;
  /** Some of an account's events may be missing from its counters, or from the watch over them. */
  countsLost(account: string, error: unknown): void;
  /** A round broke off; its wake-up will come again. */
  roundFailed(endpoint: string, error: unknown): void;
  /** So many overdue promises had their wake-ups sent again. */
  swept(count: number): void;
  /** The Scheduler did not take a wake-up, which is a queue's delay instead. */
  scheduleRefused(endpoint: string, error: unknown): void;
}
