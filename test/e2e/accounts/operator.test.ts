import { describe, expect, it } from "vitest";
import { openFixture, register } from "../support/fixture.ts";

const { callerOf, operator, receive } = openFixture();

describe("an operator key", { timeout: 900_000 }, () => {
  it("an operator key sends 300 events for 300 accounts, and each account's endpoint gets only its own event", async () => {
    const caller = await operator();
    const receiver = await receive();
    const accounts = Array.from({ length: 300 }, (_, n) => `customer-${n}`);
    for (let from = 0; from < accounts.length; from += 25) {
      await Promise.all(
        accounts
          .slice(from, from + 25)
          .map((account) =>
            caller.call(
              "POST",
              "/v1/endpoints",
              { url: `${receiver.url}/${account}`, eventTypes: ["*"], format: "raw" },
              { "rappel-account": account },
            ),
          ),
      );
    }
    const events = accounts.map((account) => ({ account, type: "t", data: account }));
    const { status, json } = await caller.call("POST", "/v1/events", events);
    expect([status, json]).toEqual([202, { data: events.map(() => ({ id: expect.any(String), type: "t" })) }]);
    await receiver.waitFor(300);
    expect(receiver.received.map(({ path, body }) => [path, body.toString()]).sort()).toEqual(
      accounts.map((account) => [`/hook/${account}`, `"${account}"`]).sort(),
    );
  });

  it("an operator key must name an account to read and change its resources", async () => {
    const caller = await operator();
    const own = await callerOf("looked-at");
    const id = await register(own, (await receive()).url);
    const named = { "rappel-account": "looked-at" };
    expect((await caller.call("GET", `/v1/endpoints/${id}`, undefined, named)).json).toMatchObject({ id });
    expect((await caller.call("GET", `/v1/endpoints/${id}`)).json).toMatchObject({ code: "ACCOUNT_REQUIRED" });
    expect((await own.call("GET", "/v1/endpoints", undefined, { "rappel-account": "other" })).json).toMatchObject({
      code: "ACCOUNT_NOT_FOUND",
    });
  });
});
