import { describe, expect, it } from "vitest";
import { changeEndpoint } from "../../lambdas/endpoints/change-endpoint.ts";
import type { Endpoint } from "../../lambdas/endpoints/model/endpoint.ts";
import { pauseEndpoint, resumeEndpoint } from "../../lambdas/endpoints/pause-resume.ts";
import { lifeOf } from "../retry/rounds.ts";
import { type MemoryWorld, memoryWorld } from "../support/memory-world.ts";

const [OLD, NEW] = ["https://old.example.com/", "https://new.example.com/"];
const move = (world: MemoryWorld, { account, id }: Endpoint) =>
  changeEndpoint(world, account, id, (present) => ({ ...present, url: NEW }));

describe("an endpoint whose url is changed", () => {
  it("is not called failing for what the old url did", async () => {
    const world = memoryWorld(() => ({ status: 500, tookMs: 0 }));
    const life = await lifeOf(world, { url: OLD });
    for (let n = 0; n < 4; n++) await life.send();
    await move(world, life.endpoint);
    await life.send();
    expect(await life.state()).toMatchObject({ status: "active", streak: 1 });
  });

  it("is revived by other credentials in it too, and not by the same ones again", async () => {
    const world = memoryWorld(() => ({ status: 410, tookMs: 0 }));
    const life = await lifeOf(world, { url: OLD, userinfo: { user: "u", password: "old" } });
    await life.send();
    const log = (password: string) =>
      changeEndpoint(world, "acme", life.endpoint.id, (present) => ({ ...present, userinfo: { user: "u", password } }));
    expect((await log("old")).state.status).toBe("suspended");
    expect((await log("new")).state.status).toBe("failing");
  });

  it("gets at the old one nothing more, 5 s later, of a backlog that is being released there", async () => {
    let isWell = false;
    const world = memoryWorld(async ({ url }) => {
      const sent = world.webhookClient.ledger.filter((webhook) => webhook.url === OLD).length;
      if (isWell && url === OLD && sent === 3) await move(world, life.endpoint);
      return { status: 200, tookMs: 0 };
    });
    const life = await lifeOf(world, { url: OLD, releaseRate: 2 });
    await pauseEndpoint(world, "acme", life.endpoint.id);
    await life.send(40);
    await resumeEndpoint(world, "acme", life.endpoint.id);
    isWell = true;
    await life.wake();
    const atOld = world.webhookClient.ledger.filter(({ url }) => url === OLD);
    expect(atOld.length).toBeGreaterThanOrEqual(3);
    expect(atOld.length).toBeLessThanOrEqual(3 + 5 * 2 + 1);
    while ((await life.waiting()).length > 0) await life.wake();
    expect(new Set(world.webhookClient.ledger.map(({ headers }) => headers["webhook-id"])).size).toBe(40);
  });
});
