import { describe, expect, it } from "vitest";
import { authenticator } from "../../lambdas/accounts/authenticate.ts";
import { createKey } from "../../lambdas/accounts/create-key.ts";
import { createPortalLink, revokePortalLink } from "../../lambdas/accounts/create-portal-link.ts";
import { SCOPES } from "../../lambdas/accounts/model/key.ts";
import { endSession, openSession } from "../../lambdas/accounts/open-session.ts";
import { memoryWorld } from "../support/memory-world.ts";
import { LINK, NO_KEY, opening, openWorld } from "./session-world.ts";

const CACHE_MS = 30_000;

describe("a session", () => {
  it.each<[string, (opened: Awaited<ReturnType<typeof opening>>) => Promise<unknown>]>([
    ["its link was revoked", ({ world, id }) => revokePortalLink(world, "acme", id)],
    ["it was signed out", ({ world, id }) => endSession(world, "acme", id)],
    ["its key was deleted", ({ world, key }) => world.keys.remove(key)],
    ["its account is deleted", ({ world }) => world.accounts.beginDeletion("acme", world.clock.now())],
    [
      "its account was deleted and created again",
      async ({ world }) => {
        const config = { name: "", retentionDays: 30, limits: { endpoints: 1 } };
        const deletion = { requestedAt: world.clock.now(), endpoints: [], eventsErased: 0 };
        await world.accounts.beginDeletion("acme", world.clock.now());
        await world.accounts.noteDeletion("acme", { ...deletion, phase: "done" });
        await world.accounts.put("acme", config, world.clock.now());
      },
    ],
  ])("is refused within 30 s after %s", async (_, end) => {
    const opened = await opening();
    const { call, token, world } = opened;
    expect(await call(token)).toBeDefined();
    await end(opened);
    world.clock.move(CACHE_MS);
    expect(await call(token)).toBeUndefined();
  });

  it("is read once in 30 s, together with its key and account", async () => {
    const { world, token } = await opening();
    const reads: string[] = [];
    const reading = <T extends object>(name: string, port: T & { find(id: string): Promise<unknown> }) => ({
      ...port,
      find: async (id: string) => {
        reads.push(name);
        return port.find(id);
      },
    });
    const authenticate = authenticator({
      ...world,
      keys: reading("key", world.keys) as typeof world.keys,
      accounts: reading("account", world.accounts) as typeof world.accounts,
      sessions: reading("session", world.sessions) as typeof world.sessions,
    });
    const [id = "", secret = ""] = token.split(".");
    for (const _ of [1, 2, 3]) await authenticate(id, secret);
    expect(reads.toSorted()).toEqual(["account", "key", "session"]);
    world.clock.move(CACHE_MS);
    await authenticate(id, secret);
    expect(reads).toHaveLength(6);
  });

  it("a key that is cached does not prolong a session after the key was deleted", async () => {
    const { world, key, link, open, call } = await openWorld();
    const { token } = await open((await link()).code);
    await call(token);
    world.clock.move(CACHE_MS - 1);
    const second = await open((await link()).code);
    await call(second.token);
    await world.keys.remove(key);
    world.clock.move(1);
    expect(await call(token)).toBeUndefined();
    world.clock.move(CACHE_MS - 1);
    expect(await call(second.token)).toBeUndefined();
  });

  it("ends after its time, and with its key's, to the millisecond", async () => {
    const { world, token, call } = await opening();
    world.clock.move(3_599_999);
    expect(await call(token)).toBeDefined();
    world.clock.move(1);
    expect(await call(token)).toBeUndefined();
    const start = memoryWorld().clock.now();
    const short = await openWorld(start + 100_000);
    const opened = await short.open((await short.link()).code);
    expect(opened.session.validUntil).toBe(start + 100_000);
  });

  it("a wrong token, a code and a key's secret are no session", async () => {
    const { call, token, code, world } = await opening();
    expect(await call(`${token}x`)).toBeUndefined();
    expect(await call(code)).toBeUndefined();
    const unopened = await createPortalLink(world, "acme", LINK, { id: "key_1", scopes: SCOPES });
    expect(await call(unopened.code)).toBeUndefined();
  });

  it("opened by a key, it has the key's account, scopes, name and expiry", async () => {
    const { world, call } = await openWorld();
    const validUntil = world.clock.now() + 999_000_000;
    const { key } = await createKey(world, "acme", { scopes: ["read"], name: "ci", validUntil });
    const { token, session } = await openSession(world, { key });
    expect(session.validUntil).toBe(world.clock.now() + 28_800_000);
    expect(await call(token)).toMatchObject({
      account: "acme",
      scopes: ["read"],
      name: "ci",
      validUntil,
      session: { keyId: key.id, isFromLink: false },
    });
  });

  it("needs a code or a key, and not both", async () => {
    const { world, key, link } = await openWorld();
    await expect(openSession(world, { key: NO_KEY })).rejects.toMatchObject({ code: "KEY_INVALID" });
    const { code } = await link();
    await expect(openSession(world, { code, key })).rejects.toMatchObject({ code: "REQUEST_INVALID" });
    await openSession(world, { code, key: NO_KEY });
  });
});
