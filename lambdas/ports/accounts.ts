import type { Account, AccountConfig, Deletion } from "../accounts/model/account.ts";
import type { Key } from "../accounts/model/key.ts";
import type { Page } from "./page.ts";

export interface Keys {
  find(id: string): Promise<Key | undefined>;
  add(key: Key): Promise<void>;
  /** An account's, or the operator's, oldest first. */
  list(account: string | undefined): Promise<Key[]>;
  /** Removes a key, whether or not it is there. */
  remove(key: Pick<Key, "id" | "account">): Promise<void>;
  /** Removes all of an account's. */
  removeAll(account: string): Promise<void>;
  /** Notes when a key was used last. */
  noteUsed(id: string, at: number): Promise<void>;
}

export interface Accounts {
  /** Strongly consistent: whoever was told of a change of its endpoints sees its revision moved. */
  find(id: string): Promise<Account>;
  /** The same for many, by id. */
  read(ids: readonly string[]): Promise<Map<string, Account>>;
  /** Has it listed from now on, where it was not. */
  register(id: string, at: number): Promise<void>;
  /** Sets what an operator says of it, and makes it where it is not. @returns whether it could: not while it is being deleted */
  put(id: string, config: AccountConfig, at: number): Promise<boolean>;
  /** In the order of their ids, from behind `after` on. */
  list(query: { after?: string; limit: number }): Promise<Page<Account>>;
  /** Has it deleted in the background, unless it is already. */
  beginDeletion(id: string, at: number): Promise<void>;
  /**
   * Writes down how far its deletion has come, unless that is done; with `done` it is listed no longer.
   * @returns whether it was that deletion, and not done
   */
  noteDeletion(id: string, deletion: Deletion): Promise<boolean>;
  /** All that are being deleted, and some whose deletion is over. */
  deleting(): Promise<{ readonly id: string; readonly requestedAt: number }[]>;
  /** Strikes a deletion that is over from those that are under way, if it is that one. */
  strikeDeletion(id: string, requestedAt: number): Promise<void>;
}
