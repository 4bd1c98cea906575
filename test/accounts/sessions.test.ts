import { describe, expect, it } from "vitest";
import { authenticator } from "../../lambdas/accounts/authenticate.ts";
import { createKey } from "../../lambdas/accounts/create-key.ts";
import { createPortalLink, revokePortalLink } from "../../lambdas/accounts/create-portal-link.ts";
import { SCOPES } from "../../lambdas/accounts/model/key.ts";
import { LINK_SCOPES, type NewLink } from "../../lambdas/accounts/model/session.ts";
import { endSession, openSession } from "../../lambdas/accounts/open-session.ts";
import { newState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import { memoryKeys } from "../memory/keys.ts";
import { endpointWith } from "../support/examples.ts";
import { memoryWorld } from "../support/memory-world.ts";
import { requestDeletion, runUntilDone, twoAccounts } from "./two-accounts.ts";

const CACHE_MS = 30_000;
const NO_KEY = { id: "", scopes: [] };
const LINK: NewLink = { expiresInSeconds: 600, sessionSeconds: 3_600, scopes: LINK_SCOPES };

/** An operator's key, with which links of account `acme` are made. */
async function openWorld(validUntil?: number) {
  const world = { ...memoryWorld(), keys: memoryKeys() };
  const { key } = await createKey(world, undefined, {
    scopes: SCOPES,
    ...(validUntil !== undefined && { validUntil }),
  });
  const link = (more: Partial<NewLink> = {}) => createPortalLink(world, "acme", { ...LINK, ...more }, key);
  const open = (code: string) => openSession(world, { code, key: NO_KEY });
  const authenticate = authenticator(world);
  const call = (token: string) => {
    const [id = "", secret = ""] = token.split(".");
    return authenticate(id, secret);
  };
  return { world, key, link, open, call };
}

describe("a link to the console", () => {
  it("opens a session of its account, with its scopes, endpoint and way back, and stores neither code nor token", async () => {
    const { world, key, link, open, call } = await openWorld();
    const endpoint = endpointWith({ account: "acme" });
    await world.endpoints.add(endpoint, newState(endpoint.id, "acme", 0));
    const { code, session } = await link({ endpoint: endpoint.id, returnUrl: "https://app.example.com/" });
    const { token } = await open(code);
    expect(await call(token)).toEqual({
      account: "acme",
      scopes: LINK_SCOPES,
      name: "",
      validUntil: world.clock.now() + 3_600_000,
      session: {
        id: session.id,
        keyId: key.id,
        endpoint: endpoint.id,
        returnUrl: "https://app.example.com/",
        validUntil: world.clock.now() + 3_600_000,
        isFromLink: true,
      },
    });
    const stored = JSON.stringify(await world.sessions.find(session.id));
    for (const secret of [code, token]) expect(stored).not.toContain(secret.split(".")[1]);
    expect(token.split(".")[1]).toHaveLength(43);
  });

  it("works once: of two exchanges at the same moment one wins, and the other says what to do", async () => {
    const { link, open } = await openWorld();
    const { code } = await link();
    const results = await Promise.allSettled([open(code), open(code)]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    const lost = results.find((result) => result.status === "rejected");
    expect(lost?.reason).toMatchObject({
      code: "LINK_INVALID",
      message: expect.stringContaining("Ask for a new link"),
    });
    await expect(open(code)).rejects.toMatchObject({
      code: "LINK_INVALID",
      message: "This link was used already: each one works once. Ask for a new link where you got this one",
    });
  });

  it("works until its last moment", async () => {
    const { world, link, open } = await openWorld();
    const [early, late] = [await link(), await link()];
    world.clock.move(599_999);
    await open(early.code);
    world.clock.move(1);
    await expect(open(late.code)).rejects.toMatchObject({
      code: "LINK_INVALID",
      message: "This link has expired. Ask for a new link where you got this one",
    });
  });

  it.each(["", "x", "ses_01JD7X1RZ8M3V0A6Q5T2Y9WKBC", "ses_01JD7X1RZ8M3V0A6Q5T2Y9WKBC.x"])(
    "the code %j opens nothing",
    async (code) => {
      const { open } = await openWorld();
      await expect(open(code)).rejects.toMatchObject({ code: "LINK_INVALID" });
    },
  );

  it("a code with another secret opens nothing, and the link still works", async () => {
    const { link, open } = await openWorld();
    const { code } = await link();
    await expect(open(`${code.slice(0, -1)}!`)).rejects.toMatchObject({ code: "LINK_INVALID" });
    await open(code);
  });

  it("a link that was revoked, or whose key or account is gone, opens nothing", async () => {
    const { world, key, link, open } = await openWorld();
    const [revoked, ofKey, ofAccount] = [await link(), await link(), await link()];
    await revokePortalLink(world, "acme", revoked.session.id);
    await expect(open(revoked.code)).rejects.toMatchObject({ code: "LINK_INVALID" });
    await world.keys.remove(key);
    await expect(open(ofKey.code)).rejects.toMatchObject({ code: "LINK_INVALID" });
    await world.keys.add(key);
    await world.accounts.beginDeletion("acme", world.clock.now());
    await expect(open(ofAccount.code)).rejects.toMatchObject({ code: "LINK_INVALID" });
  });

  it("opens nothing once its key has expired", async () => {
    const { world, link, open } = await openWorld(memoryWorld().clock.now() + 1_000);
    const { code } = await link();
    world.clock.move(1_000);
    await expect(open(code)).rejects.toMatchObject({ code: "LINK_INVALID" });
  });

  it("is erased with its account, and those of others stay", async () => {
    const world = await twoAccounts(1);
    const key = { id: "key_1", scopes: SCOPES };
    const { session } = await createPortalLink(world, "leaving", LINK, key);
    const { session: other } = await createPortalLink(world, "other", LINK, key);
    await requestDeletion(world);
    await runUntilDone(world);
    expect(await world.sessions.find(session.id)).toBeUndefined();
    expect(await world.sessions.find(other.id)).toBeDefined();
  });

  it("has no scope that its key lacks, and no endpoint of another account", async () => {
    const { world, link } = await openWorld();
    const caller = { id: "key_1", scopes: ["read"] as const };
    await expect(createPortalLink(world, "acme", LINK, caller)).rejects.toMatchObject({
      code: "SCOPE_MISSING",
      message: expect.stringContaining('"manage:endpoints"'),
    });
    const endpoint = endpointWith({ account: "globex" });
    await world.endpoints.add(endpoint, newState(endpoint.id, "globex", 0));
    await expect(link({ endpoint: endpoint.id })).rejects.toMatchObject({ code: "ENDPOINT_NOT_FOUND" });
  });

  it("is revoked only under its own account, and a session that a key opened is no link", async () => {
    const { world, key, link } = await openWorld();
    const { session } = await link();
    const notFound = { code: "LINK_NOT_FOUND" };
    await expect(revokePortalLink(world, "globex", session.id)).rejects.toMatchObject(notFound);
    const own = await openSession(world, { key: { ...key, account: "acme" } });
    await expect(revokePortalLink(world, "acme", own.session.id)).rejects.toMatchObject(notFound);
    await revokePortalLink(world, "acme", session.id);
    await expect(revokePortalLink(world, "acme", session.id)).rejects.toMatchObject(notFound);
  });

  it("is not created for an account that was deleted", async () => {
    const { world, link } = await openWorld();
    await world.accounts.beginDeletion("acme", world.clock.now());
    await expect(link()).rejects.toMatchObject({ code: "ACCOUNT_DELETED" });
  });
});

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

async function opening() {
  const opened = await openWorld();
  const { code, session } = await opened.link();
  const { token } = await opened.open(code);
  return { ...opened, id: session.id, code, token };
}
