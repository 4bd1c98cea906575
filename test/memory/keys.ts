import type { Key } from "../../lambdas/accounts/model/key.ts";
import type { Keys } from "../../lambdas/ports/accounts.ts";

export function memoryKeys(): Keys {
  const stored = new Map<string, Key>();
  return {
    find: async (id) => stored.get(id),
    async add(key) {
      stored.set(key.id, key);
    },
    list: async (account) =>
      [...stored.values()].filter((key) => key.account === account).sort((a, b) => (a.id < b.id ? -1 : 1)),
    async remove({ id }) {
      stored.delete(id);
    },
    async removeAll(account) {
      for (const { id, account: owner } of stored.values()) if (owner === account) stored.delete(id);
    },
    async noteUsed(id, at) {
      const key = stored.get(id);
      if (key !== undefined) stored.set(id, { ...key, lastUsedAt: at });
    },
  };
}
