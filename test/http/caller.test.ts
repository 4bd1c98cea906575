import { describe, expect, it } from "vitest";
import { accountFor, callerOf } from "../../lambdas/http/caller.ts";
import { readEvents, withAccounts } from "../../lambdas/http/parse-events.ts";

const authorization = `Basic ${Buffer.from("key:secret").toString("base64")}`;
const scopes = ["send", "manage", "read"] as const;
const call = (holder: { account?: string }, named?: string) =>
  callerOf(
    { method: "GET", headers: { authorization, ...(named !== undefined && { "rappel-account": named }) } },
    "send",
    async () => ({ ...holder, scopes }),
  );
const [acme, operator] = [{ account: "acme" }, {}];

describe("an account key", () => {
  it("an account key acts for its account, whether or not the request names it", async () => {
    expect(await call(acme)).toEqual({ account: "acme", isOperator: false, key: expect.objectContaining({ scopes }) });
    expect(await call(acme, "acme")).toEqual({
      account: "acme",
      isOperator: false,
      key: expect.objectContaining({ scopes }),
    });
  });

  it("an account key that names another account gets ACCOUNT_NOT_FOUND, and learns how to get an operator key", async () => {
    await expect(call(acme, "globex")).rejects.toMatchObject({
      code: "ACCOUNT_NOT_FOUND",
      message: expect.stringContaining("npm run keys -- create --operator"),
    });
  });

  it("an account key learns how to get an operator key where one is required", async () => {
    const caller = await call(acme);
    expect(() => accountFor({ isOperators: true }, caller)).toThrow(
      expect.objectContaining({
        code: "OPERATOR_KEY_REQUIRED",
        message: expect.stringContaining("npm run keys -- create --operator"),
      }),
    );
  });
});

describe("an operator key", () => {
  it("an operator key acts for the account that the request names", async () => {
    expect(await call(operator, "globex")).toEqual({
      account: "globex",
      isOperator: true,
      key: expect.objectContaining({ scopes }),
    });
  });

  it("an operator key without an account gets ACCOUNT_REQUIRED", async () => {
    const caller = await call(operator);
    expect(() => accountFor({}, caller)).toThrow(expect.objectContaining({ code: "ACCOUNT_REQUIRED" }));
  });

  it.each(["", "a b", "é", "x".repeat(65)])("an operator key cannot name the account %j", async (named) => {
    await expect(call(operator, named)).rejects.toMatchObject({ code: "REQUEST_INVALID" });
  });
});

describe("events that name their accounts", () => {
  const events = (...accounts: (string | undefined)[]) =>
    readEvents(Buffer.from(JSON.stringify(accounts.map((account) => ({ type: "t", data: 1, account }))))).events;
  const accountsOf = (sent: ReturnType<typeof withAccounts>) => sent.map(({ account }) => account);

  it("an event belongs to the account that it names, or to the account of the request", () => {
    expect(accountsOf(withAccounts(events("a", undefined, "b"), { account: "c", isOperator: true }))).toEqual([
      "a",
      "c",
      "b",
    ]);
  });

  it("an operator's request is refused as a whole if an event has no account", () => {
    expect(() => withAccounts(events("a", undefined), { isOperator: true })).toThrow(
      expect.objectContaining({ code: "ACCOUNT_REQUIRED", message: expect.stringContaining("Event 1") }),
    );
  });

  it("an account's request is refused as a whole if an event names another account", () => {
    const ownAccount = { account: "acme", isOperator: false };
    expect(accountsOf(withAccounts(events("acme", undefined), ownAccount))).toEqual(["acme", "acme"]);
    expect(() => withAccounts(events("acme", "globex"), ownAccount)).toThrow(
      expect.objectContaining({ code: "ACCOUNT_NOT_FOUND" }),
    );
  });
});
