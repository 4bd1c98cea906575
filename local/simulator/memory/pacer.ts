import type { Pacer } from "../../../lambdas/ports/outgoing.ts";

export function memoryPacer(): Pacer {
  const nextAt = new Map<string, number>();
  return {
    async slot(endpoint, perSecond, now, horizonMs) {
      const at = Math.max(now, nextAt.get(endpoint) ?? 0);
      if (at > now + horizonMs) return { isTaken: false, at: at - horizonMs };
      nextAt.set(endpoint, at + 1_000 / perSecond);
      return { isTaken: true, at };
    },
  };
}
