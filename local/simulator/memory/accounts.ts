import { type Account, EVENTS_AFTER_MS, newAccount } from "../../../lambdas/accounts/model/account.ts";
import type { Accounts } from "../../../lambdas/ports/accounts.ts";

/** @param revisionOf reads the revision of an account's endpoints, which are stored elsewhere */
export function memoryAccounts(revisionOf: (account: string) => number): Accounts {
  const stored = new Map<string, Omit<Account, "revision">>();
  const find = (id: string): Account => ({ ...(stored.get(id) ?? newAccount(id)), revision: revisionOf(id) });
  return {
    find: async (id) => find(id),
    read: async (ids) => new Map(ids.map((id) => [id, find(id)])),
    async register(id, at) {
      stored.set(id, { createdAt: at, updatedAt: at, ...(stored.get(id) ?? newAccount(id)) });
    },
    async put(id, config, at) {
      const { deletion, createdAt = at, ...account } = find(id);
      if (deletion !== undefined && deletion.phase !== "done") return false;
      stored.set(id, {
        ...account,
        ...config,
        createdAt,
        updatedAt: at,
        ...(deletion !== undefined && { eventsSince: deletion.requestedAt + EVENTS_AFTER_MS }),
      });
      return true;
    },
    async list({ after = "", limit }) {
      const ids = [...stored.values()]
        .filter(({ id, createdAt }) => id > after && createdAt !== undefined)
        .map(({ id }) => id)
        .sort();
      const items = ids.slice(0, limit).map(find);
      const last = items.at(-1);
      return ids.length > limit && last !== undefined ? { items, next: last.id } : { items };
    },
    async beginDeletion(id, at) {
      const begun = { requestedAt: at, phase: "cancelling", endpoints: [], eventsErased: 0 } as const;
      stored.set(id, { deletion: begun, ...(stored.get(id) ?? newAccount(id)) });
    },
    async noteDeletion(id, deletion) {
      const { deletion: present } = find(id);
      if (present?.requestedAt !== deletion.requestedAt || present.phase === "done") return false;
      stored.set(id, { ...(deletion.phase === "done" ? newAccount(id) : find(id)), deletion });
      return true;
    },
    deleting: async () =>
      [...stored.values()].flatMap(({ id, deletion }) =>
        deletion === undefined || deletion.phase === "done" ? [] : [{ id, requestedAt: deletion.requestedAt }],
      ),
    strikeDeletion: async () => undefined,
  };
}
