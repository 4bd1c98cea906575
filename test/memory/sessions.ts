import type { Session } from "../../lambdas/accounts/model/session.ts";
import type { Sessions } from "../../lambdas/ports/sessions.ts";

export function memorySessions(): Sessions {
  const stored = new Map<string, Session>();
  return {
    find: async (id) => stored.get(id),
    async add(session) {
      stored.set(session.id, session);
    },
    async open(id, opened) {
      const session = stored.get(id);
      if (session?.link === undefined || session.tokenHash !== undefined) return false;
      stored.set(id, { ...session, ...opened });
      return true;
    },
    async remove({ id }) {
      stored.delete(id);
    },
    async removeAll(account) {
      for (const { id, account: owner } of stored.values()) if (owner === account) stored.delete(id);
    },
  };
}
