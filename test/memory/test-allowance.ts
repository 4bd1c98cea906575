import type { Allowance } from "../../lambdas/ports/outgoing.ts";

const MINUTE_MS = 60_000;

export function memoryAllowance(): Allowance {
  const used = new Map<string, number>();
  return {
    async take(name, perMinute, now) {
      const minute = Math.floor(now / MINUTE_MS);
      const key = `${name}/${minute}`;
      const before = used.get(key) ?? 0;
      if (before >= perMinute) return Math.ceil(((minute + 1) * MINUTE_MS - now) / 1000);
      used.set(key, before + 1);
      return undefined;
    },
  };
}
