import type { Key } from "../../lambdas/core/key.ts";
import type { Keys } from "../../lambdas/ports.ts";

export function memoryKeys(): Keys {
  const stored = new Map<string, Key>();
  return {
    find: async (id) => stored.get(id),
    async add(key) {
      stored.set(key.id, key);
    },
  };
}
