import { describe, expect, it } from "vitest";
import { resumeEndpoint } from "../../../lambdas/endpoints/pause-resume.ts";
import { memoryWorld } from "../../support/memory-world.ts";
import { lifeOf } from "../rounds.ts";
import { BACKUP, MAIN, MINUTE_MS, SECOND_MS } from "./backup-pair.ts";

describe("what a backup costs", () => {
  it("is two attempts a round and no look through all that it holds, though another that it stands in for is well", async () => {
    const world = memoryWorld(({ url }) => ({ status: url === MAIN ? 410 : url === BACKUP ? 500 : 200, tookMs: 0 }));
    const dead = await lifeOf(world, { url: MAIN });
    const well = await lifeOf(world, { url: `${MAIN}/well`, eventTypes: ["other"] });
    const backup = await lifeOf(world, { url: BACKUP, backupOf: [dead.endpoint.id, well.endpoint.id] });
    await dead.send(600);
    await dead.wake();
    await backup.wake();
    expect(await backup.state()).toMatchObject({ status: "failing" });
    let [read, pages] = [0, 0];
    const { find } = world.log;
    const { oldest } = world.deliveries;
    world.deliveries.oldest = async (...asked) => {
      pages++;
      return oldest(...asked);
    };
    world.log.find = async (account, ids) => {
      read += ids.length;
      return find(account, ids);
    };
    const posts = world.webhookClient.ledger.length;
    for (let rounds = 0; rounds < 5; rounds++) await backup.wake();
    expect(world.webhookClient.ledger.length - posts).toBe(10);
    expect(read).toBeLessThanOrEqual(5 * 6);
    expect(pages).toBeLessThanOrEqual(5);
  });

  it("is one look at what waits, however much joins while both are dead", async () => {
    const world = memoryWorld(({ url }) => ({ status: url === BACKUP ? 500 : 410, tookMs: 0 }));
    const [one, other] = [await lifeOf(world, { url: MAIN }), await lifeOf(world, { url: `${MAIN}/other` })];
    const backup = await lifeOf(world, { url: BACKUP, backupOf: [one.endpoint.id, other.endpoint.id] });
    await one.send();
    for (const life of [one, other, backup]) await life.wake();
    for (let second = 0; second < 20; second++) {
      world.clock.move(SECOND_MS);
      await one.send(5);
      for (const { wakeAt = Number.POSITIVE_INFINITY } of [await one.state(), await other.state()])
        expect(wakeAt).toBeGreaterThan(world.clock.now() + 30_000);
    }
  });
});

describe("one backup of two endpoints", () => {
  it("gets once what both would have got, and both have it behind them", async () => {
    const world = memoryWorld(({ url }) => ({ status: url === BACKUP ? 200 : 410, tookMs: 0 }));
    const [one, other] = [await lifeOf(world, { url: MAIN }), await lifeOf(world, { url: `${MAIN}/other` })];
    const backup = await lifeOf(world, { url: BACKUP, backupOf: [one.endpoint.id, other.endpoint.id] });
    await one.send();
    for (const life of [one, other, backup]) await life.wake();
    const before = world.webhookClient.ledger.filter(({ url }) => url === BACKUP).length;
    world.clock.move(MINUTE_MS);
    const [event] = await one.send();
    for (const life of [one, other]) await life.wake();
    world.clock.move(25 * 60 * MINUTE_MS);
    await other.wake(); // the daily look at what waits for it
    if ((await backup.state()).wakeAt !== undefined) await backup.wake();
    const posts = world.webhookClient.ledger.filter(({ url }) => url === BACKUP).slice(before);
    expect(posts.map(({ headers }) => headers["webhook-id"])).toEqual([event?.id]);
    for (const life of [one, other]) expect(await life.waiting()).toEqual([]);
  });
});

describe("one backup that is dead itself", () => {
  it("gives back to one of two endpoints what it has for it, and the other still has its own", async () => {
    const dead = new Set([MAIN, `${MAIN}/other`, BACKUP]);
    const world = memoryWorld(({ url }) => ({ status: dead.has(url) ? 410 : 200, tookMs: 0 }));
    const [one, other] = [await lifeOf(world, { url: MAIN }), await lifeOf(world, { url: `${MAIN}/other` })];
    const backup = await lifeOf(world, { url: BACKUP, backupOf: [one.endpoint.id, other.endpoint.id] });
    const [event] = await one.send();
    for (const life of [one, other, backup]) await life.wake();
    expect((await backup.state()).status).toBe("suspended");
    dead.delete(MAIN);
    await resumeEndpoint(world, "acme", one.endpoint.id);
    for (const life of [one, backup, one]) await life.wake();
    expect(world.webhookClient.ledger.at(-1)).toMatchObject({ url: MAIN, headers: { "webhook-id": event?.id } });
    expect((await other.waiting()).map(({ eventId }) => eventId)).toEqual([event?.id]);
  });
});
