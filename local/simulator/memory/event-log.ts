import type { LoggedEvent } from "../../../lambdas/delivery/model/delivery.ts";
import { endpointsWithItems } from "../../../lambdas/delivery/model/delivery-status.ts";
import { matchesType } from "../../../lambdas/events/model/event.ts";
import type { Clock } from "../../../lambdas/ports/clock.ts";
import type { EventLog, LogQuery } from "../../../lambdas/ports/events.ts";

export function memoryEventLog(clock: Clock): EventLog {
  const stored = new Map<string, LoggedEvent>();
  const nameOf = (account: string, id: string) => `${account}/${id}`;
  const isLive = ({ keptUntil }: LoggedEvent) => keptUntil > clock.now();

  return {
    async add(event) {
      const earlier = stored.get(nameOf(event.account, event.id));
      if (earlier !== undefined) return earlier;
      stored.set(nameOf(event.account, event.id), event);
      return undefined;
    },
    checkWritable: async () => undefined,
    async find(account, ids) {
      const found = ids.flatMap((id) => {
        const one = stored.get(nameOf(account, id));
        return one !== undefined && isLive(one) ? [one] : [];
      });
      return new Map(found.map((event) => [event.id, event]));
    },
    async noteResent(account, id, endpoints) {
      const one = stored.get(nameOf(account, id));
      if (one === undefined) return false;
      const resentTo = [...new Set([...one.resentTo, ...endpoints])];
      stored.set(nameOf(account, id), { ...one, resentTo });
      return true;
    },
    oldest: async (account, { after, limit }) =>
      [...stored.values()]
        .filter((event) => event.account === account && event.id > after)
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .slice(0, limit),
    traces: async (account, limit) =>
      [...stored.values()]
        .filter((event) => event.account === account)
        .slice(0, limit)
        .map((event) => ({
          id: event.id,
          ...(event.eventId !== undefined && { eventId: event.eventId }),
          endpoints: endpointsWithItems(event),
        })),
    async erase(account, ids) {
      for (const id of ids) stored.delete(nameOf(account, id));
    },
    async list(account, { before = "~", after = "!", order = "newest first", limit, ...query }) {
      const matching = [...stored.values()]
        .filter(isLive)
        .filter((event) => event.account === account && event.id < before && event.id >= after)
        .filter((event) => isMatch(event, query))
        .sort((a, b) => (a.id < b.id === (order === "oldest first") ? -1 : 1));
      const items = matching.slice(0, limit);
      const last = items.at(-1);
      return matching.length > limit && last !== undefined ? { items, next: last.id } : { items };
    },
  };
}

function isMatch(
  event: LoggedEvent,
  { type, types, eventId, endpoint, isUnmatched = false }: Partial<LogQuery>,
): boolean {
  const all = [event.delivered, event.parked, event.withheld];
  return (
    (type === undefined || matchesType(type, event.type)) &&
    (types === undefined || types.includes(event.type)) &&
    (eventId === undefined || event.eventId === eventId) &&
    (endpoint === undefined ||
      all.some((results) => results[endpoint] !== undefined) ||
      event.resentTo.includes(endpoint)) &&
    (!isUnmatched || (all.every((results) => Object.keys(results).length === 0) && event.resentTo.length === 0))
  );
}
