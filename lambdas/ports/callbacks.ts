import type { CallbackBook } from "../mailjet/model/callback.ts";

export interface Callbacks {
  /** Strongly consistent; the empty book where none was ever registered. */
  read(account: string): Promise<CallbackBook>;
  /** Puts a book in the place of the version before. @returns whether that was still there */
  replace(account: string, book: CallbackBook): Promise<boolean>;
  /** Removes them all, whether or not there are any. */
  remove(account: string): Promise<void>;
}
