import type { Observed } from "../stats/model/counter-shards.ts";
import type { Addition, StatsKind, StatsWindow } from "../stats/model/counters.ts";
import type { Counts } from "../stats/model/counts.ts";
import type { AlertChange, FailureRateAlert } from "../stats/model/failure-rate.ts";

/** The item that an update has changed. */
interface Added extends Observed {
  /** Its counts afterwards. */
  readonly counts: Counts;
}

/** Counters. Approximate: a function that crashes loses the counts that it has not added yet. */
export interface Stats {
  /**
   * Adds counts to a shard of an account's window, and removes names from it. By default to the first shard.
   * @param keptUntil when it may be deleted, epoch ms; the last value applies
   * @param time the call is given up when it is over
   */
  add(
    kind: StatsKind,
    account: string,
    window: StatsWindow & Partial<Addition> & { readonly shard?: number },
    keptUntil: number,
    time?: AbortSignal,
  ): Promise<Added>;
  /** Records that a window has at least so many shards. Readers read them all. */
  announceShards(
    kind: StatsKind,
    account: string,
    window: { readonly at: number; readonly shards: number },
    keptUntil: number,
    time?: AbortSignal,
  ): Promise<void>;
  /** The windows that start at `from` or later and before `to`, oldest first. */
  read(
    kind: StatsKind,
    account: string,
    between: { readonly from: number; readonly to: number },
  ): Promise<StatsWindow[]>;
  /** For the failure rate of e-mails: the windows that start at `from` or later, and all alert states. Strongly consistent. */
  watched(
    account: string,
    from: number,
    time?: AbortSignal,
  ): Promise<{ readonly windows: readonly Counts[]; readonly alerts: readonly FailureRateAlert[] }>;
  /**
   * Replaces an alert state, if it is still the one that was read.
   * @param keptUntil when it may be deleted, epoch ms
   */
  saveAlert(account: string, change: AlertChange, keptUntil: number, time?: AbortSignal): Promise<boolean>;
  /** Erases up to `limit` items of an account. @returns whether these were all */
  erase(account: string, limit: number): Promise<boolean>;
}
