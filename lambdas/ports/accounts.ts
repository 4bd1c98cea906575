import type { Account, AccountConfig, Deletion } from "../accounts/model/account.ts";
import type { Key } from "../accounts/model/key.ts";
import type { Page } from "./page.ts";

export interface Keys {
  find(id: string): Promise<Key | undefined>;
  add(key: Key): Promise<void>;
  /** The keys of an account, or of the operator, oldest first. */
  list(account: string | undefined): Promise<Key[]>;
  /** Removes a key, if it exists. */
  remove(key: Pick<Key, "id" | "account">): Promise<void>;
  /** Removes all keys of an account. */
  removeAll(account: string): Promise<void>;
  /** Records when a key was last used. */
  noteUsed(id: string, at: number, time?: AbortSignal): Promise<void>;
}

export interface Accounts {
  /** Strongly consistent: after a change of its endpoints the new revision is read. */
  find(id: string): Promise<Account>;
  /** The same for several accounts, by id. */
  read(ids: readonly string[]): Promise<Map<string, Account>>;
  /** Adds it to the list of accounts, if it is not there yet. */
  register(id: string, at: number): Promise<void>;
  /** Sets its settings, and creates it if necessary. @returns `false` while it is being deleted */
  put(id: string, config: AccountConfig, at: number): Promise<boolean>;
  /** In the order of ids, after `after`. */
  list(query: { after?: string; limit: number }): Promise<Page<Account>>;
  /** Starts its deletion in the background, unless it has already started. */
  beginDeletion(id: string, at: number): Promise<void>;
  /**
   * Writes the progress of a deletion, unless it is done. With `done` the account is no longer listed.
   * @returns whether this deletion was still in progress
   */
  noteDeletion(id: string, deletion: Deletion): Promise<boolean>;
  /** All accounts that are being deleted, and some whose deletion is done. */
  deleting(): Promise<{ readonly id: string; readonly requestedAt: number }[]>;
  /** Removes a deletion that is done from the list of deletions. */
  strikeDeletion(id: string, requestedAt: number): Promise<void>;
}
