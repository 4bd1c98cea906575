import type { Recovery, RunningRecovery } from "../recoveries/model/recovery.ts";
import type { Page } from "./page.ts";

export interface Recoveries {
  /**
   * Adds a recovery to the running ones, unless one with the same request is among them.
   * @returns the one that is there, if there is one
   */
  begin(recovery: RunningRecovery): Promise<RunningRecovery | undefined>;
  /** The same in place of a running one that was cancelled or has ended. @returns whether that was still there */
  beginInPlaceOf(recovery: RunningRecovery, before: RunningRecovery): Promise<boolean>;
  /** Removes a recovery from the running ones. */
  end(recovery: RunningRecovery): Promise<void>;
  /** The running ones of an account; of all accounts, some of them. Strongly consistent. */
  running(account?: string): Promise<RunningRecovery[]>;
  /** Adds a recovery, unless it is there. */
  add(recovery: Recovery): Promise<void>;
  /** Strongly consistent. */
  find(account: string, id: string): Promise<Recovery | undefined>;
  /** The same for several recoveries. Absent ones are missing from the result. */
  read(of: readonly Pick<Recovery, "account" | "id">[]): Promise<Recovery[]>;
  /** The recoveries of an account, newest first. */
  list(account: string, query: { before?: string; limit: number }): Promise<Page<Recovery>>;
  /** Replaces everything except `cancelRequestedAt`, if the version is still `recovery.version - 1`. @returns whether it was */
  save(recovery: Recovery): Promise<boolean>;
  /** Records the request to cancel a recovery, unless it has ended or was cancelled. */
  requestCancel(account: string, id: string, at: number): Promise<void>;
  /** Erases up to `limit` recoveries of an account. @returns whether these were all */
  erase(account: string, limit: number): Promise<boolean>;
}
