import { type CallbackBook, EMPTY_BOOK } from "../../../lambdas/mailjet/model/callback.ts";
import type { Callbacks } from "../../../lambdas/ports/callbacks.ts";

export function memoryCallbacks(): Callbacks {
  const stored = new Map<string, CallbackBook>();
  const read = (account: string) => stored.get(account) ?? EMPTY_BOOK;
  return {
    read: async (account) => read(account),
    async replace(account, book) {
      if (read(account).version !== book.version - 1) return false;
      stored.set(account, book);
      return true;
    },
    async remove(account) {
      stored.delete(account);
    },
  };
}
