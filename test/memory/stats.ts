import type { Stats } from "../../lambdas/ports/stats.ts";
import { STATS_KINDS, type StatsKind, type StatsWindow } from "../../lambdas/stats/model/counters.ts";
import { summed } from "../../lambdas/stats/model/counts.ts";
import type { FailureRateAlert } from "../../lambdas/stats/model/failure-rate.ts";

export function memoryStats(): Stats {
  const stored = new Map<string, Map<number, StatsWindow["counts"]>>();
  const alerts = new Map<string, Map<string, FailureRateAlert>>();
  const windowsOf = (kind: StatsKind, account: string) => stored.get(`${kind} ${account}`) ?? new Map();
  // One item for each window: shards are the table's concern.
  return {
    async add(kind, account, { at, counts, dropped = [] }) {
      const windows = windowsOf(kind, account);
      const held = Object.entries(summed([windows.get(at) ?? {}, counts]));
      const sum = Object.fromEntries(held.filter(([name]) => !dropped.includes(name)));
      stored.set(`${kind} ${account}`, windows.set(at, sum));
      return { counts: sum, writes: 1, units: 1, shards: 1 };
    },
    announceShards: async () => undefined,
    read: async (kind, account, { from, to }) =>
      [...windowsOf(kind, account)]
        .map(([at, counts]) => ({ at, counts }))
        .filter(({ at }) => at >= from && at < to)
        .sort((a, b) => a.at - b.at),
    watched: async (account, from) => ({
      windows: [...windowsOf("emails", account)].filter(([at]) => at >= from).map(([, counts]) => counts),
      alerts: [...(alerts.get(account)?.values() ?? [])],
    }),
    async saveAlert(account, { alert, seen }) {
      const accountAlerts = alerts.get(account) ?? new Map<string, FailureRateAlert>();
      const name = `${alert.source}#${alert.destination}`;
      if (accountAlerts.get(name)?.version !== seen?.version) return false;
      alerts.set(account, accountAlerts.set(name, alert));
      return true;
    },
    async erase(account, limit) {
      let left = limit;
      alerts.delete(account);
      for (const kind of STATS_KINDS)
        for (const at of [...windowsOf(kind, account).keys()]) if (left-- > 0) windowsOf(kind, account).delete(at);
      return left > 0;
    },
  };
}
