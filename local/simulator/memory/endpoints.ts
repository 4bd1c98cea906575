import { changed, holds } from "../../../lambdas/endpoints/model/conditional-update.ts";
import type { Endpoint } from "../../../lambdas/endpoints/model/endpoint.ts";
import type { EndpointState } from "../../../lambdas/endpoints/model/endpoint-state.ts";
import type { Accounts } from "../../../lambdas/ports/accounts.ts";
import type { Endpoints, States } from "../../../lambdas/ports/endpoints.ts";
import { memoryAccounts } from "./accounts.ts";

/** Accounts, endpoints and their states share one store, as they share one table on AWS. */
export function memoryEndpoints(): { accounts: Accounts; endpoints: Endpoints; states: States } {
  const stored = new Map<string, Endpoint>();
  const states = new Map<string, EndpointState>();
  const revisions = new Map<string, number>();
  const moveRevision = (account: string) => revisions.set(account, (revisions.get(account) ?? 0) + 1);
  const ofAccount = (account: string, id: string) => {
    const endpoint = stored.get(id);
    return endpoint?.account === account ? endpoint : undefined;
  };

  const listAll = (account: string) =>
    [...stored.values()].filter((endpoint) => endpoint.account === account).sort((a, b) => (a.id < b.id ? -1 : 1));

  const endpoints: Endpoints = {
    list: async (account) => listAll(account).filter(({ removedAt }) => removedAt === undefined),
    async page(account, { before = "~", limit }) {
      const below = listAll(account)
        .toReversed()
        .filter(({ id }) => id < before);
      const read = below.slice(0, limit);
      const last = read.at(-1);
      const items = read.filter(({ removedAt }) => removedAt === undefined);
      return below.length > limit && last !== undefined ? { items, next: last.id } : { items };
    },
    listRemoved: async (account) => listAll(account).filter(({ removedAt }) => removedAt !== undefined),
    async find(account, id) {
      const endpoint = ofAccount(account, id);
      return endpoint?.removedAt === undefined ? endpoint : undefined;
    },
    findAll: async (wanted) => {
      const found = await Promise.all(wanted.map(({ account, id }) => endpoints.find(account, id)));
      return found.filter((endpoint) => endpoint !== undefined);
    },
    async add(endpoint, state) {
      if (!states.has(endpoint.id)) states.set(endpoint.id, state);
      if (!stored.has(endpoint.id)) stored.set(endpoint.id, endpoint);
      moveRevision(endpoint.account);
    },
    async replace(endpoint) {
      if (ofAccount(endpoint.account, endpoint.id)?.version !== endpoint.version - 1) return "changed meanwhile";
      stored.set(endpoint.id, endpoint);
      moveRevision(endpoint.account);
      return "replaced";
    },
    async remove(account, id) {
      if (ofAccount(account, id) !== undefined) stored.delete(id);
      moveRevision(account);
    },
  };

  return {
    accounts: memoryAccounts((account) => revisions.get(account) ?? 0),
    endpoints,
    states: {
      read: async (ids) =>
        new Map(
          ids.flatMap((id) => {
            const state = states.get(id);
            return state === undefined ? [] : [[id, state]];
          }),
        ),
      async update(endpoint, change) {
        const state = states.get(endpoint);
        if (state === undefined) return undefined;
        if (!(change.onlyIf ?? []).every((condition) => holds(state, condition))) return { isDone: false, state };
        const next = changed(state, change);
        states.set(endpoint, next);
        return { isDone: true, state: next };
      },
      async remove(endpoint, onlyIf) {
        const state = states.get(endpoint);
        if (state !== undefined && onlyIf.every((condition) => holds(state, condition))) states.delete(endpoint);
      },
      async listed(statuses, { before = "~", limit }) {
        const found = [...states.values()]
          .filter(({ endpoint, status }) => endpoint < before && statuses.some((each) => each === status))
          .sort((a, b) => (a.endpoint < b.endpoint ? 1 : -1));
        const items = found.slice(0, limit).map(({ endpoint, account }) => ({ endpoint, account }));
        const last = items.at(-1);
        return found.length > limit && last !== undefined ? { items, next: last.endpoint } : { items };
      },
      overdue: async (before, limit) =>
        [...states.values()]
          .flatMap(({ endpoint, wakeAt }) => (wakeAt !== undefined && wakeAt < before ? [{ endpoint, wakeAt }] : []))
          .sort((a, b) => a.wakeAt - b.wakeAt)
          .slice(0, limit),
    },
  };
}
