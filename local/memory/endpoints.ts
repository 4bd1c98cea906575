import type { Endpoint, EndpointState } from "../../lambdas/core/endpoint.ts";
import type { Endpoints, States } from "../../lambdas/ports.ts";

/** Endpoints and their states share a memory, as they share a table on AWS. */
export function memoryEndpoints(): { endpoints: Endpoints; states: States } {
  const stored = new Map<string, Endpoint>();
  const states = new Map<string, EndpointState>();
  const revisions = new Map<string, number>();
  const moveRevision = (account: string) => revisions.set(account, (revisions.get(account) ?? 0) + 1);
  const ofAccount = (account: string, id: string) => {
    const endpoint = stored.get(id);
    return endpoint?.account === account ? endpoint : undefined;
  };

  const endpoints: Endpoints = {
    revision: async (account) => revisions.get(account) ?? 0,
    list: async (account) =>
      [...stored.values()].filter((endpoint) => endpoint.account === account).sort((a, b) => (a.id < b.id ? -1 : 1)),
    find: async (account, id) => ofAccount(account, id),
    async add(endpoint, state) {
      states.set(endpoint.id, state);
      stored.set(endpoint.id, endpoint);
      moveRevision(endpoint.account);
    },
    async replace(endpoint) {
      if (ofAccount(endpoint.account, endpoint.id)?.version !== endpoint.version - 1) return "changed meanwhile";
      stored.set(endpoint.id, endpoint);
      moveRevision(endpoint.account);
      return "replaced";
    },
    async remove(account, id, now) {
      if (ofAccount(account, id) === undefined) return "not found";
      stored.delete(id);
      moveRevision(account);
      const state = states.get(id);
      if (state !== undefined)
        states.set(id, {
          ...state,
          status: "deleted",
          statusReason: "deleted",
          statusSince: now,
          version: state.version + 1,
        });
      return "removed";
    },
  };

  return {
    endpoints,
    states: {
      read: async (ids) =>
        new Map(
          ids.flatMap((id) => {
            const state = states.get(id);
            return state === undefined ? [] : [[id, state]];
          }),
        ),
      async learn({ endpoint, parked, failures, okAt }) {
        const state = states.get(endpoint);
        if (state === undefined) return;
        const isOk = okAt !== undefined;
        states.set(endpoint, {
          ...state,
          parked: state.parked + parked,
          streak: isOk ? failures : state.streak + failures,
          ...(isOk && { lastOkAt: okAt }),
        });
      },
    },
  };
}
