import type { Recoveries } from "../../../lambdas/ports/recoveries.ts";
import { hasEnded, type Recovery, type RunningRecovery } from "../../../lambdas/recoveries/model/recovery.ts";

export function memoryRecoveries(): Recoveries {
  const stored = new Map<string, Recovery>();
  const places = new Map<string, RunningRecovery>();
  const nameOf = ({ account, id }: Pick<Recovery, "account" | "id">) => `${account}/${id}`;
  const placeOf = ({ account, request }: RunningRecovery) => `${account}#${request}`;
  const runningOf = ({ account, request, id, createdAt }: RunningRecovery) => ({ account, request, id, createdAt });
  const ofAccount = (account: string) => [...stored.values()].filter((one) => one.account === account);

  return {
    async begin(recovery) {
      const there = places.get(placeOf(recovery));
      if (there === undefined) places.set(placeOf(recovery), runningOf(recovery));
      return there;
    },
    async beginInPlaceOf(recovery, before) {
      places.set(`${placeOf(before)}#${before.id}`, runningOf(before));
      const there = places.get(placeOf(recovery));
      if (there !== undefined && there.id !== before.id) return false;
      places.set(placeOf(recovery), runningOf(recovery));
      return true;
    },
    async end(running) {
      if (places.get(placeOf(running))?.id === running.id) places.delete(placeOf(running));
      places.delete(`${placeOf(running)}#${running.id}`);
    },
    running: async (account) => [...places.values()].filter((one) => account === undefined || one.account === account),
    async add(recovery) {
      if (!stored.has(nameOf(recovery))) stored.set(nameOf(recovery), recovery);
    },
    find: async (account, id) => stored.get(nameOf({ account, id })),
    read: async (of) => of.flatMap((one) => stored.get(nameOf(one)) ?? []),
    async list(account, { before = "~", limit }) {
      const found = ofAccount(account)
        .filter(({ id }) => id < before)
        .sort((a, b) => (a.id < b.id ? 1 : -1));
      const items = found.slice(0, limit);
      const last = items.at(-1);
      return found.length > limit && last !== undefined ? { items, next: last.id } : { items };
    },
    async save(recovery) {
      const before = stored.get(nameOf(recovery));
      if (before?.version !== recovery.version - 1) return false;
      const { cancelRequestedAt } = before;
      stored.set(nameOf(recovery), { ...recovery, ...(cancelRequestedAt !== undefined && { cancelRequestedAt }) });
      return true;
    },
    async requestCancel(account, id, at) {
      const before = stored.get(nameOf({ account, id }));
      if (before === undefined || hasEnded(before) || before.cancelRequestedAt !== undefined) return;
      stored.set(nameOf(before), { ...before, cancelRequestedAt: at });
    },
    async erase(account, limit) {
      for (const each of await this.running(account)) await this.end(each);
      const some = ofAccount(account).slice(0, limit);
      for (const each of some) stored.delete(nameOf(each));
      return some.length < limit;
    },
  };
}
