import { describe, expect, it } from "vitest";
import { createPortalLink, revokePortalLink } from "../../lambdas/accounts/create-portal-link.ts";
import { SCOPES } from "../../lambdas/accounts/model/key.ts";
import { LINK_SCOPES } from "../../lambdas/accounts/model/session.ts";
import { openSession } from "../../lambdas/accounts/open-session.ts";
import { newState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import { endpointWith } from "../support/examples.ts";
import { memoryWorld } from "../support/memory-world.ts";
import { LINK, openWorld } from "./session-world.ts";
import { requestDeletion, runUntilDone, twoAccounts } from "./two-accounts.ts";

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
