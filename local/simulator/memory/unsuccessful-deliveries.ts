import type { EndedDelivery, PendingDelivery } from "../../../lambdas/delivery/model/delivery.ts";
import type { CodeFilter } from "../../../lambdas/delivery/model/delivery-query.ts";
import { matchesType } from "../../../lambdas/events/model/event.ts";
import type { UnsuccessfulDeliveries, UnsuccessfulQuery } from "../../../lambdas/ports/deliveries.ts";
import type { EventLog } from "../../../lambdas/ports/events.ts";
import type { MemoryDeliveries } from "./deliveries.ts";

interface Entry extends Partial<EndedDelivery> {
  readonly place: string;
  readonly eventId: string;
  readonly type: string;
}

export function memoryUnsuccessfulDeliveries(deliveries: MemoryDeliveries, log: EventLog): UnsuccessfulDeliveries {
  const entryOf = (delivery: PendingDelivery | EndedDelivery): Entry => ({
    ...delivery,
    place: `${delivery.eventId}#${delivery.endpoint}`,
  });
  return {
    async list(account, query) {
      const { before = "~", after = "!", order = "newest first", limit } = query;
      const { items: events } = await log.list(account, { limit: Number.POSITIVE_INFINITY });
      const withheld = events.filter((event) => Object.keys(event.withheld).length > 0);
      const { pending, ended } = deliveries.all(account);
      const failed = ended.filter(({ status }) => status !== "delivered");
      const entries = [
        ...(query.groups.includes("pending") ? pending.map(entryOf) : []),
        ...(query.groups.includes("failed") ? failed.map(entryOf) : []),
        ...(query.groups.includes("failed")
          ? withheld.map(({ id, type }): Entry => ({ place: id, eventId: id, type }))
          : []),
      ]
        .filter((entry) => entry.place < before && entry.place >= after && isMatch(entry, query))
        .sort((a, b) => (a.place < b.place === (order === "oldest first") ? -1 : 1));
      const items = entries.slice(0, limit).map(({ place, eventId, endpoint }) => ({
        place,
        eventId,
        ...(endpoint !== undefined && { endpoint }),
      }));
      const last = items.at(-1);
      return entries.length > limit && last !== undefined ? { items, next: last.place } : { items };
    },
  };
}

function isMatch(entry: Entry, { endpoint, type, status, reason, code }: UnsuccessfulQuery): boolean {
  const isType = type === undefined || matchesType(type, entry.type);
  if (entry.endpoint === undefined) return isType;
  const last = entry.attempts?.at(-1);
  return (
    isType &&
    (endpoint === undefined || entry.endpoint === endpoint) &&
    (status === undefined || entry.status === undefined || entry.status === status) &&
    (reason === undefined || entry.reason === reason) &&
    (code === undefined || isCode(code, last?.answer?.status ?? last?.outcome))
  );
}

function isCode(code: CodeFilter, last: number | string | undefined): boolean {
  if ("outcome" in code) return last === code.outcome;
  return typeof last === "number" && last >= code.from && last <= code.to;
}
