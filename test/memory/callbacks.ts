import { type CallbackSet, EMPTY_CALLBACK_SET } from "../../lambdas/mailjet/model/callback.ts";
import type { Callbacks } from "../../lambdas/ports/callbacks.ts";

export function memoryCallbacks(): Callbacks {
  const stored = new Map<string, CallbackSet>();
  const read = (account: string) => stored.get(account) ?? EMPTY_CALLBACK_SET;
  return {
    read: async (account) => read(account),
    async replace(account, callbackSet) {
      if (read(account).version !== callbackSet.version - 1) return false;
      stored.set(account, callbackSet);
      return true;
    },
    async remove(account) {
      stored.delete(account);
    },
  };
}
