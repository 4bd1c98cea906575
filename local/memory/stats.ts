import { STATS_KINDS, type StatsKind, type StatsWindow, summed } from "../../lambdas/core/stats.ts";
import type { Stats } from "../../lambdas/ports.ts";

export function memoryStats(): Stats {
  const stored = new Map<string, Map<number, StatsWindow["counts"]>>();
  const windowsOf = (kind: StatsKind, account: string) => stored.get(`${kind} ${account}`) ?? new Map();
  return {
    async add(kind, account, { at, counts }) {
      const windows = windowsOf(kind, account);
      const sum = summed([windows.get(at) ?? {}, counts]);
      stored.set(`${kind} ${account}`, windows.set(at, sum));
      return sum;
    },
    read: async (kind, account, { from, to }) =>
      [...windowsOf(kind, account)]
        .map(([at, counts]) => ({ at, counts }))
        .filter(({ at }) => at >= from && at < to)
        .sort((a, b) => a.at - b.at),
    async erase(account, limit) {
      let left = limit;
      for (const kind of STATS_KINDS)
        for (const at of [...windowsOf(kind, account).keys()]) if (left-- > 0) windowsOf(kind, account).delete(at);
      return left > 0;
    },
  };
}
