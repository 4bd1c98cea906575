import { describe, expect, it } from "vitest";
import { changeEndpoint } from "../../lambdas/endpoints/change-endpoint.ts";
import type { Endpoint } from "../../lambdas/endpoints/model/endpoint.ts";
import { pauseEndpoint, resumeEndpoint } from "../../lambdas/endpoints/pause-resume.ts";
import { addEndpoint } from "../retry/add-endpoint.ts";
import { type MemoryWorld, memoryWorld } from "../support/memory-world.ts";

const [OLD, NEW] = ["https://old.example.com/", "https://new.example.com/"];
const move = (world: MemoryWorld, { account, id }: Endpoint) =>
  changeEndpoint(world, account, id, (present) => ({ ...present, url: NEW }));

describe("an endpoint whose url is changed", () => {
  it("failures of the old url do not count for the new url", async () => {
    const world = memoryWorld(() => ({ status: 500, tookMs: 0 }));
    const hook = await addEndpoint(world, { url: OLD });
    for (let n = 0; n < 4; n++) await hook.send();
    await move(world, hook.endpoint);
    await hook.send();
    expect(await hook.state()).toMatchObject({ status: "active", streak: 1 });
  });

  it("a suspended endpoint is resumed by other credentials, and not by the same ones", async () => {
    const world = memoryWorld(() => ({ status: 410, tookMs: 0 }));
    const hook = await addEndpoint(world, { url: OLD, userinfo: { user: "u", password: "old" } });
    await hook.send();
    const setPassword = (password: string) =>
      changeEndpoint(world, "acme", hook.endpoint.id, (present) => ({ ...present, userinfo: { user: "u", password } }));
    expect((await setPassword("old")).state.status).toBe("suspended");
    expect((await setPassword("new")).state.status).toBe("failing");
  });

  it("a url change stops a release to the old url within 5 s, and the rest goes to the new url", async () => {
    let isReleasing = false;
    const world = memoryWorld(async ({ url }) => {
      const sent = world.webhookClient.ledger.filter((webhook) => webhook.url === OLD).length;
      if (isReleasing && url === OLD && sent === 3) await move(world, hook.endpoint);
      return { status: 200, tookMs: 0 };
    });
    const hook = await addEndpoint(world, { url: OLD, releaseRate: 2 });
    await pauseEndpoint(world, "acme", hook.endpoint.id);
    await hook.send(40);
    await resumeEndpoint(world, "acme", hook.endpoint.id);
    isReleasing = true;
    await hook.wake();
    const atOld = world.webhookClient.ledger.filter(({ url }) => url === OLD);
    expect(atOld.length).toBeGreaterThanOrEqual(3);
    expect(atOld.length).toBeLessThanOrEqual(3 + 5 * 2 + 1);
    while ((await hook.backlog()).length > 0) await hook.wake();
    expect(new Set(world.webhookClient.ledger.map(({ headers }) => headers["webhook-id"])).size).toBe(40);
  });
});
