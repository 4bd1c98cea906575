import type { Addition, Counts, StatsKind, StatsWindow } from "../stats/model/counters.ts";
import type { AlertChange, FailureRateAlert } from "../stats/model/failure-rate.ts";

/** Approximate: what a function that dies has not added is not counted. */
export interface Stats {
  /**
   * Adds to one window of an account, and drops names from it.
   * @param keptUntil when it may be forgotten, epoch ms; what was given last stands
   * @returns what it holds then
   */
  add(kind: StatsKind, account: string, window: StatsWindow & Partial<Addition>, keptUntil: number): Promise<Counts>;
  /** Those that begin from `from` on and before `to`, oldest first. */
  read(
    kind: StatsKind,
    account: string,
    between: { readonly from: number; readonly to: number },
  ): Promise<StatsWindow[]>;
  /** What the watch over e-mails looks at: the windows that begin from `from` on, and all alerts. Strongly consistent. */
  watched(
    account: string,
    from: number,
  ): Promise<{ readonly windows: readonly Counts[]; readonly alerts: readonly FailureRateAlert[] }>;
  /**
   * Puts a latch in the place of the one that was seen, if that is still there.
   * @param keptUntil when it may be forgotten, epoch ms
   */
  latch(account: string, change: AlertChange, keptUntil: number): Promise<boolean>;
  /** Erases some of an account's, of both kinds. @returns whether that was all */
  erase(account: string, limit: number): Promise<boolean>;
}
