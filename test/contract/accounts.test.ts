import { describe, expect, it } from "vitest";
import type { Activity } from "../../lambdas/activity/model/activity.ts";
import { lowestId, newId } from "../../lambdas/shared/ids.ts";
import { endpointWith } from "../support/examples.ts";
import { newAccount, random, stateOf } from "./examples.ts";
import { IMPLEMENTATIONS, openPorts } from "./implementations.ts";

describe.each(IMPLEMENTATIONS)("accounts and keys: %s", (implementation) => {
  const open = openPorts(implementation);

  describe("activity", () => {
    const entryOf = (account: string, at: number, more: Partial<Activity> = {}): Activity => ({
      id: newId("act", at, random),
      account,
      at,
      action: "endpoint.changed",
      isOperator: false,
      ...more,
    });

    it("entries are listed newest first, by page, time and endpoint, as they were added", async () => {
      const { activity, clock } = open();
      const account = newAccount();
      const now = clock.now();
      const until = now + 60_000;
      const all = Array.from({ length: 7 }, (_, n) =>
        entryOf(account, now + n, {
          endpoint: n % 3 === 0 ? "ep_a" : "ep_b",
          ...(n === 0 && { keyId: "key_1", subject: "s", fields: ["url"] }),
        }),
      );
      for (const entry of all) await activity.add(entry, until);
      await activity.add(entryOf(newAccount(), now), until);
      const newest = all.toReversed();
      expect((await activity.list(account, { limit: 100 })).items).toEqual(newest);
      const first = await activity.list(account, { limit: 3 });
      expect(first.items).toEqual(newest.slice(0, 3));
      const rest = await activity.list(account, { limit: 4, ...(first.next !== undefined && { before: first.next }) });
      expect(rest).toEqual({ items: newest.slice(3) });
      expect((await activity.list(account, { limit: 100, endpoint: "ep_a" })).items).toEqual(
        newest.filter(({ endpoint }) => endpoint === "ep_a"),
      );
      const range = { after: lowestId(now + 2, "act"), before: lowestId(now + 5, "act") };
      expect((await activity.list(account, { limit: 100, ...range })).items).toEqual(newest.slice(2, 5));
      expect((await activity.list(account, { limit: 2, endpoint: "ep_a" })).next).toBeDefined();
      expect(
        (await activity.list(account, { limit: 9, before: lowestId(now, "act"), after: range.after })).items,
      ).toEqual([]);
    });

    it("expired entries are not listed, and an account's are erased in steps, oldest first", async () => {
      const { activity, clock } = open();
      const [account, other] = [newAccount(), newAccount()];
      const now = clock.now();
      await activity.add(entryOf(account, now - 1), now - 1_000);
      const kept = entryOf(account, now);
      await activity.add(kept, now + 60_000);
      await activity.add(entryOf(other, now), now + 60_000);
      expect((await activity.list(account, { limit: 10 })).items).toEqual([kept]);
      expect(await activity.erase(account, 1)).toBe(false);
      expect((await activity.list(account, { limit: 10 })).items).toEqual([kept]);
      expect(await activity.erase(account, 10)).toBe(true);
      expect((await activity.list(account, { limit: 10 })).items).toEqual([]);
      expect((await activity.list(other, { limit: 10 })).items).toHaveLength(1);
    });
  });

  describe("keys", () => {
    it("a key is found as it was added, and an unknown id is not found", async () => {
      const { keys } = open();
      const key = {
        id: newId("key", 1, random),
        account: "acme",
        scopes: ["send", "read"] as const,
        name: "ci",
        prefix: "aB3x",
        secretHash: "ab",
        createdAt: 7,
      };
      await keys.add(key);
      expect(await keys.find(key.id)).toEqual(key);
      expect(await keys.find(newId("key", 1, random))).toBeUndefined();
    });

    it("keys are listed for their account, oldest first, with their last use, until they are removed", async () => {
      const { keys } = open();
      const account = newAccount();
      const added = [1, 2].map((at) => ({
        id: newId("key", at, random),
        account,
        scopes: ["send"] as const,
        name: "",
        prefix: "abcd",
        secretHash: "ab",
        createdAt: at,
        validUntil: 9,
      }));
      const [older, newer] = added;
      if (older === undefined || newer === undefined) throw new Error("Two keys were added");
      await keys.add(newer);
      await keys.add(older);
      expect(await keys.list(account)).toEqual(added);
      expect(await keys.list(newAccount())).toEqual([]);
      await keys.noteUsed(newer.id, 70);
      await keys.remove(older);
      await keys.remove(older);
      await keys.noteUsed(older.id, 70);
      expect(await keys.list(account)).toEqual([{ ...newer, lastUsedAt: 70 }]);
      expect(await keys.find(older.id)).toBeUndefined();
      const other = { ...older, account: newAccount() };
      await keys.add(other);
      await keys.removeAll(account);
      expect(await keys.find(newer.id)).toBeUndefined();
      expect(await keys.list(account)).toEqual([]);
      expect(await keys.list(other.account)).toEqual([other]);
    });
  });

  describe("accounts", () => {
    const config = { name: "Acme Ltd.", retentionDays: 7, limits: { endpoints: 9, eventsPerSecond: 5 } };

    it("an account that was not set up has the defaults and is not listed", async () => {
      const { accounts } = open();
      const id = newAccount();
      expect(await accounts.find(id)).toEqual({
        id,
        name: "",
        retentionDays: 30,
        limits: { endpoints: 50 },
        revision: 0,
      });
      expect((await accounts.list({ after: `${id}!`.slice(0, -2), limit: 1_000 })).items).not.toContainEqual(
        expect.objectContaining({ id }),
      );
    });

    it("accounts are listed by id over pages, from the time when they were registered or put", async () => {
      const { accounts } = open();
      const prefix = `list-${newAccount()}`;
      const ids = ["a", "b", "c"].map((end) => `${prefix}-${end}`);
      for (const id of ids.toReversed()) await accounts.register(id, 3);
      await accounts.register(ids[0] ?? "", 4);
      await accounts.put(ids[1] ?? "", config, 5);
      const first = await accounts.list({ after: prefix, limit: 2 });
      expect(first.items).toMatchObject([
        { id: ids[0], createdAt: 3, updatedAt: 3 },
        { ...config, id: ids[1], createdAt: 3, updatedAt: 5 },
      ]);
      expect(first.next).toBe(ids[1]);
      const [third] = (await accounts.list({ after: first.next ?? "", limit: 2 })).items;
      expect(third).toMatchObject({ id: ids[2] });
      expect(await accounts.read([ids[1] ?? "", "unknown"])).toEqual(
        new Map([
          [ids[1], await accounts.find(ids[1] ?? "")],
          ["unknown", await accounts.find("unknown")],
        ]),
      );
    });

    it("any number of accounts can be read at once", async () => {
      const { accounts } = open();
      const ids = Array.from({ length: 130 }, newAccount);
      expect([...(await accounts.read(ids)).keys()]).toEqual(ids);
    });

    it("a setting that is not put again returns to its default", async () => {
      const { accounts } = open();
      const id = newAccount();
      expect(await accounts.put(id, config, 5)).toBe(true);
      expect(await accounts.put(id, { name: "", retentionDays: 30, limits: { endpoints: 50 } }, 6)).toBe(true);
      expect((await accounts.find(id)).limits).toEqual({ endpoints: 50 });
    });

    it("an account cannot be put while it is deleted, and starts with defaults afterwards", async () => {
      const { accounts, endpoints } = open();
      const id = newAccount();
      const endpoint = endpointWith({ account: id });
      await endpoints.add(endpoint, stateOf(endpoint));
      await accounts.put(id, config, 5);
      await accounts.beginDeletion(id, 6);
      await accounts.beginDeletion(id, 7);
      const begun = { requestedAt: 6, phase: "cancelling", endpoints: [], eventsErased: 0 } as const;
      expect(await accounts.find(id)).toMatchObject({ ...config, deletion: begun });
      expect(await accounts.deleting()).toContainEqual({ id, requestedAt: 6 });
      expect(await accounts.put(id, config, 8)).toBe(false);
      await accounts.noteDeletion(id, { ...begun, phase: "erasing", endpoints: ["ep_1"], eventsErased: 3 });
      expect(await accounts.put(id, config, 8)).toBe(false);
      expect((await accounts.find(id)).deletion).toEqual({
        requestedAt: 6,
        phase: "erasing",
        endpoints: ["ep_1"],
        eventsErased: 3,
      });
      await accounts.noteDeletion(id, { ...begun, phase: "done" });
      expect(await accounts.deleting()).not.toContainEqual(expect.objectContaining({ id }));
      const gone = await accounts.find(id);
      expect(gone).toMatchObject({ name: "", deletion: { phase: "done" } });
      expect(gone.createdAt).toBeUndefined();
      const listed = await accounts.list({ limit: 1_000 });
      expect(listed.items.map((account) => account.id)).not.toContain(id);
      expect(await accounts.put(id, config, 9)).toBe(true);
      const made = await accounts.find(id);
      expect(made).toMatchObject({ ...config, createdAt: 9, eventsSince: 6 + 60_000 });
      // A late write of the old deletion.
      for (const phase of ["cancelling", "erasing", "done"] as const)
        expect(await accounts.noteDeletion(id, { ...begun, phase })).toBe(false);
      await accounts.beginDeletion(id, 20);
      await accounts.strikeDeletion(id, 6);
      expect(await accounts.noteDeletion(id, { ...begun, phase: "done" })).toBe(false);
      expect(await accounts.deleting()).toContainEqual({ id, requestedAt: 20 });
      expect((await accounts.find(id)).deletion).toEqual({ ...begun, requestedAt: 20 });
    });
  });
});
