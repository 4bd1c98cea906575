import type { CallbackSet } from "../mailjet/model/callback.ts";

export interface Callbacks {
  /** Strongly consistent. The empty callback set if none was ever registered. */
  read(account: string): Promise<CallbackSet>;
  /** Replaces the version before this one. @returns whether it was still there */
  replace(account: string, callbackSet: CallbackSet): Promise<boolean>;
  /** Removes all callbacks of an account, if there are any. */
  remove(account: string): Promise<void>;
}
