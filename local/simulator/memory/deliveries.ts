import type { EndedDelivery, PendingDelivery } from "../../../lambdas/delivery/model/delivery.ts";
import type { Deliveries, DeliveryKey } from "../../../lambdas/ports/deliveries.ts";

/** The same store, also readable as a whole. */
export interface MemoryDeliveries extends Deliveries {
  all(account: string): { readonly pending: readonly PendingDelivery[]; readonly ended: readonly EndedDelivery[] };
}

export function memoryDeliveries(): MemoryDeliveries {
  const backlog = new Map<string, PendingDelivery>();
  const ended = new Map<string, EndedDelivery>();
  const nameOf = ({ endpoint, eventId }: DeliveryKey) => `${endpoint}/${eventId}`;
  const among = <T>(stored: Map<string, T>, keys: readonly DeliveryKey[]) =>
    keys.flatMap((key) => {
      const found = stored.get(nameOf(key));
      return found === undefined ? [] : [found];
    });

  return {
    all: (account) => ({
      pending: [...backlog.values()].filter((one) => one.account === account),
      ended: [...ended.values()].filter((one) => one.account === account),
    }),
    async addToBacklog(delivery) {
      if (!backlog.has(nameOf(delivery))) backlog.set(nameOf(delivery), delivery);
    },
    async addNewToBacklog(deliveries) {
      for (const delivery of deliveries) backlog.set(nameOf(delivery), delivery);
    },
    async recordOutcome(delivery) {
      const earlier = ended.get(nameOf(delivery));
      if (earlier !== undefined && (earlier.resentAt ?? 0) >= (delivery.resentAt ?? 0)) return earlier;
      ended.set(nameOf(delivery), delivery);
      return undefined;
    },
    async removeFromBacklog(deliveries) {
      for (const { resentAt = 0, ...key } of deliveries) {
        if ((backlog.get(nameOf(key))?.resentAt ?? 0) <= resentAt) backlog.delete(nameOf(key));
      }
    },
    async revise(delivery, before) {
      const present = backlog.get(nameOf(delivery));
      if (present?.failures === before.failures && present.dueAt === before.dueAt)
        backlog.set(nameOf(delivery), delivery);
    },
    oldest: async (endpoint, { after = "", limit }) =>
      [...backlog.values()]
        .filter((one) => one.endpoint === endpoint && one.eventId > after)
        .sort((a, b) => (a.eventId < b.eventId ? -1 : 1))
        .slice(0, limit),
    count: async (endpoint, { above = "", below = "~", max }) =>
      Math.min(
        max,
        [...backlog.values()].filter((one) => one.endpoint === endpoint && one.eventId > above && one.eventId < below)
          .length,
      ),
    async summary(endpoint, max) {
      const all = [...backlog.values()].filter((one) => one.endpoint === endpoint);
      const [oldest] = all.toSorted((a, b) => (a.eventId < b.eventId ? -1 : 1));
      const count = Math.min(max, all.length);
      return { count, ...(oldest && { oldest: { eventId: oldest.eventId, dueAt: oldest.dueAt } }) };
    },
    async eraseEnded(keys) {
      for (const key of keys) ended.delete(nameOf(key));
    },
    pending: async (keys) => among(backlog, keys),
    ended: async (keys) => among(ended, keys),
    async backlog(endpoint, { before = "~", after = "!", limit }) {
      const queued = [...backlog.values()]
        .filter((one) => one.endpoint === endpoint && one.eventId < before && one.eventId >= after)
        .sort((a, b) => (a.eventId < b.eventId ? 1 : -1));
      const items = queued.slice(0, limit);
      const last = items.at(-1);
      return queued.length > limit && last !== undefined ? { items, next: last.eventId } : { items };
    },
  };
}
