import { describe, expect, it } from "vitest";
import type { Session } from "../../../lambdas/accounts/model/session.ts";
import { newId } from "../../../lambdas/shared/ids.ts";
import { newAccount, random } from "../examples.ts";
import { IMPLEMENTATIONS, openPorts } from "../implementations.ts";

const NOW = Date.UTC(2030, 0, 1);
const sessionWith = (more: Partial<Session> = {}): Session => ({
  id: newId("ses", NOW, random),
  account: "acme",
  keyId: "key_1",
  scopes: ["read", "manage:endpoints"],
  endpoint: "ep_1",
  returnUrl: "https://app.example.com/",
  createdAt: NOW,
  lastsSeconds: 60,
  link: { codeHash: "ab", validUntil: NOW + 1_000 },
  ...more,
});

describe.each(IMPLEMENTATIONS)("sessions: %s", (implementation) => {
  const open = openPorts(implementation);

  it("a link is found as it was added, and an unknown id is not found", async () => {
    const { sessions } = open();
    const session = sessionWith();
    await sessions.add(session);
    expect(await sessions.find(session.id)).toEqual(session);
    expect(await sessions.find(newId("ses", NOW, random))).toBeUndefined();
  });

  it("of many attempts to open a link at the same moment, one succeeds", async () => {
    const { sessions } = open();
    const session = sessionWith();
    await sessions.add(session);
    const tokens = ["t1", "t2", "t3", "t4"];
    const opened = await Promise.all(
      tokens.map((tokenHash) => sessions.open(session.id, { tokenHash, validUntil: NOW + 5_000 })),
    );
    expect(opened.filter(Boolean)).toHaveLength(1);
    const tokenHash = tokens[opened.indexOf(true)];
    expect(await sessions.find(session.id)).toEqual({ ...session, tokenHash, validUntil: NOW + 5_000 });
    expect(await sessions.open(session.id, { tokenHash: "t5", validUntil: NOW + 5_000 })).toBe(false);
  });

  it("a link that was removed is not opened, and is not back afterwards", async () => {
    const { sessions } = open();
    const session = sessionWith();
    await sessions.add(session);
    await sessions.remove(session);
    await sessions.remove(session);
    expect(await sessions.open(session.id, { tokenHash: "t", validUntil: NOW })).toBe(false);
    expect(await sessions.find(session.id)).toBeUndefined();
  });

  it("all sessions of an account are removed, and no others", async () => {
    const { sessions } = open();
    const account = newAccount();
    const { account: _, ...operators } = sessionWith({ tokenHash: "t", validUntil: NOW + 5_000 });
    const own = Array.from({ length: 30 }, () => sessionWith({ account }));
    const other = sessionWith({ account: newAccount() });
    for (const session of [...own, other, operators]) await sessions.add(session);
    await sessions.removeAll(account);
    for (const { id } of own) expect(await sessions.find(id)).toBeUndefined();
    expect(await sessions.find(other.id)).toEqual(other);
    expect(await sessions.find(operators.id)).toEqual(operators);
  });
});
