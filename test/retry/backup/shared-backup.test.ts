import { describe, expect, it } from "vitest";
import { resumeEndpoint } from "../../../lambdas/endpoints/pause-resume.ts";
import { memoryWorld } from "../../support/memory-world.ts";
import { addEndpoint } from "../add-endpoint.ts";
import { BACKUP, MAIN, MINUTE_MS, SECOND_MS } from "./backup-pair.ts";

describe("the cost of a backup", () => {
  it("a failing backup makes two attempts per round and does not read its whole backlog", async () => {
    const world = memoryWorld(({ url }) => ({ status: url === MAIN ? 410 : url === BACKUP ? 500 : 200, tookMs: 0 }));
    const suspended = await addEndpoint(world, { url: MAIN });
    const healthy = await addEndpoint(world, { url: `${MAIN}/healthy`, eventTypes: ["other"] });
    const backup = await addEndpoint(world, { url: BACKUP, backupOf: [suspended.endpoint.id, healthy.endpoint.id] });
    await suspended.send(600);
    await suspended.wake();
    await backup.wake();
    expect(await backup.state()).toMatchObject({ status: "failing" });
    let [eventsRead, pages] = [0, 0];
    const { find } = world.log;
    const { oldest } = world.deliveries;
    world.deliveries.oldest = async (...args) => {
      pages++;
      return oldest(...args);
    };
    world.log.find = async (account, ids) => {
      eventsRead += ids.length;
      return find(account, ids);
    };
    const posts = world.webhookClient.ledger.length;
    for (let rounds = 0; rounds < 5; rounds++) await backup.wake();
    expect(world.webhookClient.ledger.length - posts).toBe(10);
    expect(eventsRead).toBeLessThanOrEqual(5 * 6);
    expect(pages).toBeLessThanOrEqual(5);
  });

  it("a backlog is read for moving only once while the backup is suspended too", async () => {
    const world = memoryWorld(({ url }) => ({ status: url === BACKUP ? 500 : 410, tookMs: 0 }));
    const [first, second] = [
      await addEndpoint(world, { url: MAIN }),
      await addEndpoint(world, { url: `${MAIN}/other` }),
    ];
    const backup = await addEndpoint(world, { url: BACKUP, backupOf: [first.endpoint.id, second.endpoint.id] });
    await first.send();
    for (const hook of [first, second, backup]) await hook.wake();
    for (let seconds = 0; seconds < 20; seconds++) {
      world.clock.move(SECOND_MS);
      await first.send(5);
      for (const { wakeAt = Number.POSITIVE_INFINITY } of [await first.state(), await second.state()])
        expect(wakeAt).toBeGreaterThan(world.clock.now() + 30_000);
    }
  });
});

describe("a backup of two endpoints", () => {
  it("a backup of two suspended endpoints gets an event once for both", async () => {
    const world = memoryWorld(({ url }) => ({ status: url === BACKUP ? 200 : 410, tookMs: 0 }));
    const [first, second] = [
      await addEndpoint(world, { url: MAIN }),
      await addEndpoint(world, { url: `${MAIN}/other` }),
    ];
    const backup = await addEndpoint(world, { url: BACKUP, backupOf: [first.endpoint.id, second.endpoint.id] });
    await first.send();
    for (const hook of [first, second, backup]) await hook.wake();
    const before = world.webhookClient.ledger.filter(({ url }) => url === BACKUP).length;
    world.clock.move(MINUTE_MS);
    const [event] = await first.send();
    for (const hook of [first, second]) await hook.wake();
    world.clock.move(25 * 60 * MINUTE_MS);
    await second.wake(); // the daily check for deliveries to move
    if ((await backup.state()).wakeAt !== undefined) await backup.wake();
    const posts = world.webhookClient.ledger.filter(({ url }) => url === BACKUP).slice(before);
    expect(posts.map(({ headers }) => headers["webhook-id"])).toEqual([event?.id]);
    for (const hook of [first, second]) expect(await hook.backlog()).toEqual([]);
  });
});

describe("a suspended backup of two endpoints", () => {
  it("a suspended backup moves back only the deliveries of the endpoint that is resumed", async () => {
    const suspended = new Set([MAIN, `${MAIN}/other`, BACKUP]);
    const world = memoryWorld(({ url }) => ({ status: suspended.has(url) ? 410 : 200, tookMs: 0 }));
    const [first, second] = [
      await addEndpoint(world, { url: MAIN }),
      await addEndpoint(world, { url: `${MAIN}/other` }),
    ];
    const backup = await addEndpoint(world, { url: BACKUP, backupOf: [first.endpoint.id, second.endpoint.id] });
    const [event] = await first.send();
    for (const hook of [first, second, backup]) await hook.wake();
    expect((await backup.state()).status).toBe("suspended");
    suspended.delete(MAIN);
    await resumeEndpoint(world, "acme", first.endpoint.id);
    for (const hook of [first, backup, first]) await hook.wake();
    expect(world.webhookClient.ledger.at(-1)).toMatchObject({ url: MAIN, headers: { "webhook-id": event?.id } });
    expect((await second.backlog()).map(({ eventId }) => eventId)).toEqual([event?.id]);
  });
});
