import type { Activity } from "../../lambdas/activity/model/activity.ts";
import type { ActivityLog } from "../../lambdas/ports/activity.ts";
import type { Clock } from "../../lambdas/ports/clock.ts";

export function memoryActivity(clock: Pick<Clock, "now">): ActivityLog {
  let stored: { readonly entry: Activity; readonly keptUntil: number }[] = [];
  return {
    async add(entry, keptUntil) {
      stored.push({ entry, keptUntil });
    },
    async list(account, { endpoint, before = "~", after = "!", limit }) {
      const matching = stored
        .filter(({ keptUntil }) => keptUntil > clock.now())
        .map(({ entry }) => entry)
        .filter((entry) => entry.account === account && entry.id < before && entry.id >= after)
        .filter((entry) => endpoint === undefined || entry.endpoint === endpoint)
        .sort((a, b) => (a.id < b.id ? 1 : -1));
      const items = matching.slice(0, limit);
      const last = items.at(-1);
      return matching.length > limit && last !== undefined ? { items, next: last.id } : { items };
    },
    async erase(account, limit) {
      const ofAccount = stored.filter(({ entry }) => entry.account === account);
      const erased = new Set(ofAccount.toSorted((a, b) => (a.entry.id < b.entry.id ? -1 : 1)).slice(0, limit));
      stored = stored.filter((one) => !erased.has(one));
      return erased.size < limit;
    },
  };
}
