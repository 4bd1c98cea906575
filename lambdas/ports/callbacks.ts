import type { CallbackSet } from "../mailjet/model/callback.ts";

export interface Callbacks {
  /** Strongly consistent; the empty callbackSet where none was ever registered. */
  read(account: string): Promise<CallbackSet>;
  /** Puts a callbackSet in the place of the version before. @returns whether that was still there */
  replace(account: string, callbackSet: CallbackSet): Promise<boolean>;
  /** Removes them all, whether or not there are any. */
  remove(account: string): Promise<void>;
}
