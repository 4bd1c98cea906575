import { describe, expect, it } from "vitest";
import type { Endpoint } from "../../lambdas/endpoints/model/endpoint.ts";
import { newId } from "../../lambdas/shared/ids.ts";
import { endpointWith } from "../support/examples.ts";
import { newAccount, random, stateOf } from "./examples.ts";
import { IMPLEMENTATIONS, openPorts } from "./implementations.ts";

describe.each(IMPLEMENTATIONS)("endpoints and callbacks: %s", (implementation) => {
  const open = openPorts(implementation);

  describe("endpoints", () => {
    it("endpoints are listed completely, oldest first, for their own account, and change its revision", async () => {
      const { accounts, endpoints, states } = open();
      const account = newAccount();
      const before = (await accounts.find(account)).revision;
      const added = [1, 2, 3].map((at) =>
        endpointWith({
          id: newId("ep", at, random),
          account,
          userinfo: { user: "u", password: "p" },
          headers: { a: "1" },
          retrySchedule: [{ times: 5, everyMs: 1_000 }],
        }),
      );
      for (const endpoint of added.toReversed()) await endpoints.add(endpoint, stateOf(endpoint));
      expect(await endpoints.list(account)).toEqual(added);
      expect((await accounts.find(account)).revision).toBeGreaterThan(before);
      const [first = endpointWith({})] = added;
      expect(await endpoints.find(account, first.id)).toEqual(first);
      expect(await endpoints.find(newAccount(), first.id)).toBeUndefined();
      expect((await states.read([first.id])).get(first.id)).toEqual(stateOf(first));
    });

    it("adding an endpoint again changes neither the endpoint nor its state", async () => {
      const { endpoints, states } = open();
      const endpoint = endpointWith({ account: newAccount() });
      await endpoints.add(endpoint, stateOf(endpoint));
      await states.update(endpoint.id, { set: { streak: 3 } });
      await endpoints.add({ ...endpoint, url: "https://example.com/other" }, stateOf(endpoint));
      expect(await endpoints.find(endpoint.account, endpoint.id)).toEqual(endpoint);
      expect((await states.read([endpoint.id])).get(endpoint.id)?.streak).toBe(3);
    });

    it("an endpoint is replaced only by its next version, which changes the revision", async () => {
      const { accounts, endpoints } = open();
      const endpoint = endpointWith({ account: newAccount() });
      await endpoints.add(endpoint, stateOf(endpoint));
      const before = (await accounts.find(endpoint.account)).revision;
      const changed = { ...endpoint, description: "new", version: 2 };
      expect(await endpoints.replace(changed)).toBe("replaced");
      expect(await endpoints.replace({ ...changed, description: "late" })).toBe("changed meanwhile");
      expect(await endpoints.find(endpoint.account, endpoint.id)).toEqual(changed);
      expect((await accounts.find(endpoint.account)).revision).toBe(before + 1);
    });

    it("an endpoint is removed only by its own account, which changes the revision", async () => {
      const { accounts, endpoints } = open();
      const endpoint = endpointWith({ account: newAccount() });
      await endpoints.add(endpoint, stateOf(endpoint));
      await endpoints.remove(newAccount(), endpoint.id);
      expect(await endpoints.list(endpoint.account)).toEqual([endpoint]);
      const before = (await accounts.find(endpoint.account)).revision;
      await endpoints.remove(endpoint.account, endpoint.id);
      await endpoints.remove(endpoint.account, endpoint.id);
      expect(await endpoints.list(endpoint.account)).toEqual([]);
      expect((await accounts.find(endpoint.account)).revision).toBeGreaterThan(before);
    });

    it("an endpoint with removedAt is found only among the removed ones, until it is replaced without it", async () => {
      const { endpoints, accounts } = open();
      const endpoint = endpointWith({ account: newAccount() });
      await endpoints.add(endpoint, stateOf(endpoint));
      const before = (await accounts.find(endpoint.account)).revision;
      const removed = { ...endpoint, removedAt: 5, version: 2 };
      expect(await endpoints.replace(removed)).toBe("replaced");
      expect((await accounts.find(endpoint.account)).revision).toBeGreaterThan(before);
      expect(await endpoints.list(endpoint.account)).toEqual([]);
      expect(await endpoints.find(endpoint.account, endpoint.id)).toBeUndefined();
      expect(await endpoints.listRemoved(endpoint.account)).toEqual([removed]);
      expect(await endpoints.replace({ ...endpoint, version: 3 })).toBe("replaced");
      expect(await endpoints.listRemoved(endpoint.account)).toEqual([]);
      expect(await endpoints.find(endpoint.account, endpoint.id)).toEqual({ ...endpoint, version: 3 });
    });

    it("pages are newest first, skip removed endpoints, and go on to the end", async () => {
      const { endpoints } = open();
      const account = newAccount();
      const added = [1, 2, 3, 4, 5].map((at) => endpointWith({ id: newId("ep", at, random), account }));
      for (const endpoint of added) await endpoints.add(endpoint, stateOf(endpoint));
      const [e1, e2, e3, e4 = endpointWith({}), e5] = added;
      await endpoints.replace({ ...e4, removedAt: 5, version: 2 });
      const first = await endpoints.page(account, { limit: 2 });
      expect(first).toEqual({ items: [e5], next: e4.id });
      const second = await endpoints.page(account, { limit: 2, before: e4.id });
      expect(second.items).toEqual([e3, e2]);
      expect(await endpoints.page(account, { limit: 9, before: e2?.id ?? "" })).toEqual({ items: [e1] });
      expect(await endpoints.page(newAccount(), { limit: 9 })).toEqual({ items: [] });
    });

    it("several are found together, of different accounts, in the wanted order and without absent ones", async () => {
      const { endpoints } = open();
      const [one, other, removed] = [1, 2, 3].map(() => endpointWith({ account: newAccount() })) as [
        Endpoint,
        Endpoint,
        Endpoint,
      ];
      for (const endpoint of [one, other, removed]) await endpoints.add(endpoint, stateOf(endpoint));
      await endpoints.replace({ ...removed, removedAt: 5, version: 2 });
      const wanted = [other, { account: newAccount(), id: one.id }, removed, one];
      expect(await endpoints.findAll(wanted)).toEqual([other, one]);
      expect(await endpoints.findAll([])).toEqual([]);
    });

    it("a removed endpoint cannot be replaced", async () => {
      const { endpoints } = open();
      const endpoint = endpointWith({ account: newAccount() });
      await endpoints.add(endpoint, stateOf(endpoint));
      await endpoints.remove(endpoint.account, endpoint.id);
      expect(await endpoints.replace({ ...endpoint, version: 2 })).toBe("changed meanwhile");
    });
  });

  describe("callbacks", () => {
    const callbackSet = {
      version: 1,
      lastId: 2,
      endpoints: [
        { id: "ep_1", url: "https://example.com/", version: 1, isBackup: false },
        { id: "ep_2", url: "https://a.example/", userinfo: { user: "u", password: "p" }, version: 2, isBackup: true },
      ],
      callbacks: [{ id: 2, eventType: "open", endpoint: "ep_1", apiKeyId: 7, shownUrl: "https://EXAMPLE.com" }],
      deleted: [
        { eventType: "click", endpoint: "ep_3", url: "https://b.example/", version: 1, isBackup: false, until: 60_000 },
      ],
    } as const;

    it("callbacks are empty at first, and are then read as they were put, for their own account", async () => {
      const { callbacks } = open();
      const account = newAccount();
      expect(await callbacks.read(account)).toEqual({
        version: 0,
        lastId: 0,
        endpoints: [],
        callbacks: [],
        deleted: [],
      });
      expect(await callbacks.replace(account, callbackSet)).toBe(true);
      expect(await callbacks.read(account)).toEqual(callbackSet);
      expect((await callbacks.read(newAccount())).version).toBe(0);
    });

    it("callbacks are replaced only by the next version", async () => {
      const { callbacks } = open();
      const account = newAccount();
      expect(await callbacks.replace(account, { ...callbackSet, version: 2 })).toBe(false);
      expect(await callbacks.replace(account, callbackSet)).toBe(true);
      expect(await callbacks.replace(account, { ...callbackSet, lastId: 9 })).toBe(false);
      expect(await callbacks.replace(account, { ...callbackSet, version: 3 })).toBe(false);
      expect(await callbacks.replace(account, { ...callbackSet, version: 2, lastId: 3 })).toBe(true);
      expect(await callbacks.read(account)).toEqual({ ...callbackSet, version: 2, lastId: 3 });
    });

    it("all callbacks of an account are removed together, even if there are none", async () => {
      const { callbacks } = open();
      const account = newAccount();
      await callbacks.replace(account, callbackSet);
      await callbacks.remove(account);
      await callbacks.remove(account);
      expect((await callbacks.read(account)).version).toBe(0);
      expect(await callbacks.replace(account, { ...callbackSet, version: 2 })).toBe(false);
    });
  });
});
