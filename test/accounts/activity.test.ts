import { describe, expect, it } from "vitest";
import { recordActivity } from "../../lambdas/activity/record-activity.ts";
import { memoryWorld } from "../support/memory-world.ts";
import { requestDeletion, runUntilDone, twoAccounts } from "./two-accounts.ts";

const DAY_MS = 86_400_000;
const actor = { account: "acme", key: { id: "key_1" }, isOperator: false };

describe("the activity of an account", () => {
  it("an entry has who, what and when, and the names of fields without their values", async () => {
    const world = memoryWorld();
    const body = { url: "https://user:secret@example.com/", headers: { "x-token": "t0ken" } };
    await recordActivity(world, actor, { action: "endpoint.changed", endpoint: "ep_1", body });
    const { items } = await world.activity.list("acme", { limit: 10 });
    expect(items).toMatchObject([
      {
        action: "endpoint.changed",
        keyId: "key_1",
        endpoint: "ep_1",
        fields: ["url", "headers"],
        at: world.clock.now(),
      },
    ]);
    expect(JSON.stringify(items)).not.toMatch(/secret|t0ken/);
  });

  it("an entry names the session in which the change was made", async () => {
    const world = memoryWorld();
    const key = { id: "key_1", session: { id: "ses_1" } };
    await recordActivity(world, { ...actor, key }, { action: "endpoint.paused", endpoint: "ep_1" });
    const { items } = await world.activity.list("acme", { limit: 10 });
    expect(items).toMatchObject([{ keyId: "key_1", sessionId: "ses_1" }]);
  });

  it("a repeat of a request is no second change", async () => {
    const world = memoryWorld();
    await recordActivity(world, actor, { action: "endpoint.created", isReplay: true });
    expect((await world.activity.list("acme", { limit: 10 })).items).toEqual([]);
  });

  it("is kept as long as the log", async () => {
    const world = memoryWorld();
    const config = { name: "", retentionDays: 2, limits: { endpoints: 1 } };
    await world.accounts.put("acme", config, world.clock.now());
    await recordActivity(world, actor, { action: "key.created", subject: "key_2" });
    world.clock.move(2 * DAY_MS - 1_000);
    expect((await world.activity.list("acme", { limit: 10 })).items).toHaveLength(1);
    world.clock.move(3_000);
    expect((await world.activity.list("acme", { limit: 10 })).items).toEqual([]);
  });

  it("an entry that cannot be written does not fail the change, and is reported", async () => {
    const lost: string[] = [];
    const world = memoryWorld();
    const activity = { add: () => Promise.reject(new Error("unavailable")) };
    const report = { activityLost: (account: string) => void lost.push(account) };
    await recordActivity({ ...world, activity, report }, actor, { action: "endpoint.deleted" });
    expect(lost).toEqual(["acme"]);
  });

  it("is erased with the account", async () => {
    const world = await twoAccounts(1);
    for (const account of ["leaving", "other"])
      await recordActivity(world, { ...actor, account }, { action: "endpoint.changed" });
    await requestDeletion(world);
    await runUntilDone(world);
    expect((await world.activity.list("leaving", { limit: 10 })).items).toEqual([]);
    expect((await world.activity.list("other", { limit: 10 })).items).toHaveLength(1);
  });
});
