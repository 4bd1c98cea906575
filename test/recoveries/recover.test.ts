import { describe, expect, it } from "vitest";
import { deleteEndpoint } from "../../lambdas/endpoints/delete-endpoint.ts";
import { pauseEndpoint, resumeEndpoint } from "../../lambdas/endpoints/pause-resume.ts";
import { newId } from "../../lambdas/shared/ids.ts";
import { addEndpoint } from "../retry/add-endpoint.ts";
import { type MemoryWorld, memoryWorld } from "../support/memory-world.ts";
import { dryRunOf } from "./dry-run.ts";
import { begin, giveUp, outage } from "./recovery-steps.ts";

const receivedBy = (world: MemoryWorld, hostname: string) =>
  world.webhookClient.ledger.filter(({ url }) => new URL(url).hostname === hostname);

describe("a recovery", () => {
  it("a recovery sends what an endpoint has missed again, under the same ids, and its estimate is what is sent", async () => {
    const { world, works } = outage();
    const hook = await addEndpoint(world);
    const events = await hook.send(3);
    await giveUp(world, hook.endpoint.id);
    works();
    const posts = world.webhookClient.ledger.length;
    world.clock.move(1_000);
    expect(await dryRunOf(world, { endpoint: hook.endpoint.id })).toEqual({ deliveries: 3, isComplete: true });
    const recovery = await begin(world, { endpoint: hook.endpoint.id });
    expect((await recovery.read()).estimate).toEqual({ deliveries: 3, isComplete: true });
    await recovery.step();
    await hook.wake();
    expect(world.webhookClient.ledger.slice(posts).map(({ headers }) => headers["webhook-id"])).toEqual(
      events.map(({ id }) => id).sort(),
    );
    expect(await recovery.read()).toMatchObject({ resent: 3, skipped: 0, status: "waiting" });
  });

  it("a recovery waits until young events are logged, counts each delivery once, and publishes its end once", async () => {
    const { world, works } = outage();
    const hook = await addEndpoint(world);
    await hook.send(2);
    await giveUp(world, hook.endpoint.id);
    world.clock.move(1_000);
    const recovery = await begin(world, { endpoint: hook.endpoint.id });
    await recovery.run(async () => (await recovery.read()).status === "waiting");
    // Accepted before the recovery, logged after it has read the log.
    const acceptedAt = (await recovery.read()).createdAt - 500;
    await hook.send(1, {
      acceptedAt,
      id: newId("evt", acceptedAt, () => 0.5),
    });
    await giveUp(world, hook.endpoint.id);
    works();
    const done = await recovery.run();
    expect(done).toMatchObject({ status: "finished", resent: 3, skipped: 0, scannedUntil: done.until });
    expect(done.finishedAt).toBeGreaterThanOrEqual(done.until + 900_000);
    await recovery.step();
    const finished = hook.published().filter(({ type }) => type === "rappel.recovery.finished");
    expect(finished).toMatchObject([{ recovery: done.id, status: "finished", matched: 3, resent: 3, skipped: 0 }]);
    expect(await world.recoveries.running()).toEqual([]);
  });

  it("a recovery with an older end finishes at once", async () => {
    const { world } = outage();
    const hook = await addEndpoint(world);
    await hook.send(2);
    await giveUp(world, hook.endpoint.id);
    world.clock.move(1_000_000);
    const recovery = await begin(world, { endpoint: hook.endpoint.id, until: world.clock.now() - 950_000 });
    expect(await recovery.run()).toMatchObject({ status: "finished", resent: 2 });
  });

  it("a recovery that is requested twice doubles nothing, also after the first one has finished", async () => {
    const { world, works } = outage();
    const hook = await addEndpoint(world);
    await hook.send(4);
    await giveUp(world, hook.endpoint.id);
    works();
    world.clock.move(1_000);
    const first = await begin(world);
    expect((await begin(world)).id).toBe(first.id);
    await first.step();
    await first.step();
    const other = await begin(world, { endpoint: hook.endpoint.id });
    await other.step();
    expect(await other.read()).toMatchObject({ estimate: { deliveries: 0 }, resent: 0 });
    await hook.wake();
    await first.run();
    const again = await begin(world);
    await again.run();
    expect(await again.read()).toMatchObject({ resent: 0, status: "finished" });
    expect(world.webhookClient.ledger).toHaveLength(8);
  });

  it("a recovery of the whole account reaches all its endpoints, and skips one that was deleted", async () => {
    const { world, works } = outage();
    const [one, two, gone] = [
      await addEndpoint(world, { url: "https://one.example.com/" }),
      await addEndpoint(world, { url: "https://two.example.com/" }),
      await addEndpoint(world, { url: "https://gone.example.com/" }),
    ];
    await one.send(2);
    for (const { endpoint } of [one, two, gone]) await giveUp(world, endpoint.id);
    await deleteEndpoint(world, "acme", gone.endpoint.id);
    works();
    world.clock.move(1_000);
    const recovery = await begin(world);
    await recovery.step();
    await one.wake();
    await two.wake();
    expect(await recovery.read()).toMatchObject({ estimate: { deliveries: 4 }, resent: 4, skipped: 2 });
    for (const [host, posts] of [
      ["one", 4],
      ["two", 4],
      ["gone", 2],
    ] as const)
      expect(receivedBy(world, `${host}.example.com`), host).toHaveLength(posts);
    expect(await recovery.run()).toMatchObject({ resent: 4, skipped: 2 });
  });

  it("types and times bound what is sent", async () => {
    const { world } = outage();
    const hook = await addEndpoint(world);
    await hook.send(1, { type: "email.opened" });
    world.clock.move(60_000);
    const since = world.clock.now();
    await hook.send(1, { type: "email.opened" });
    await hook.send(1, { type: "sms.sent" });
    world.clock.move(60_000);
    const until = world.clock.now();
    await hook.send(1, { type: "email.opened" });
    await giveUp(world, hook.endpoint.id);
    const counted = async (request: object) => (await dryRunOf(world, request)).deliveries;
    world.clock.move(1);
    expect(await counted({})).toBe(4);
    expect(await counted({ types: ["email.*"] })).toBe(3);
    expect(await counted({ since })).toBe(3);
    expect(await counted({ since, until })).toBe(2);
    expect(await counted({ since, until, types: ["sms.sent"] })).toBe(1);
  });

  it.each([
    ["delivered", 1],
    ["exhausted", 1],
    ["cancelled", 2],
    ["pending", 1],
  ] as const)("the status %s matches only such deliveries", async (status, deliveries) => {
    const { world, works, fails } = outage();
    const hook = await addEndpoint(world);
    await hook.send();
    await giveUp(world, hook.endpoint.id);
    await hook.send();
    await giveUp(world, hook.endpoint.id, { status: "cancelled", reason: "skipped" });
    await hook.send();
    await giveUp(world, hook.endpoint.id, { status: "cancelled", reason: "loop" });
    await hook.send();
    await giveUp(world, hook.endpoint.id, { status: "cancelled", reason: "moved" }); // another endpoint delivers it
    works();
    await hook.send();
    fails();
    await hook.send();
    world.clock.move(1);
    expect(await dryRunOf(world, { statuses: [status] })).toEqual({ deliveries, isComplete: true });
  });

  it("pending deliveries become due now instead of later, each counted once", async () => {
    const { world, works } = outage();
    const hook = await addEndpoint(world);
    await hook.send(2);
    works();
    world.clock.move(1_000);
    const recovery = await begin(world, { statuses: ["pending"] });
    const { createdAt } = await recovery.read();
    await recovery.step();
    expect((await hook.backlog()).map(({ dueAt }) => dueAt)).toEqual([createdAt, createdAt]);
    await hook.wake();
    expect(world.clock.now()).toBeLessThan(createdAt + 2_000);
    expect(await hook.backlog()).toEqual([]);
    expect(await recovery.run()).toMatchObject({ resent: 2, status: "finished" });
  });

  it("a new endpoint gets the earlier events of the types it subscribes to, each once", async () => {
    const world = memoryWorld();
    const old = await addEndpoint(world, { url: "https://old.example.com/" });
    await old.send(2, { type: "email.opened" });
    await old.send(3, { type: "sms.sent" });
    world.clock.move(1_000);
    const added = await addEndpoint(world, { url: "https://new.example.com/", eventTypes: ["email.*"] });
    await old.send(1, { type: "email.opened" });
    world.clock.move(1_000);
    const recovery = await begin(world, { endpoint: added.endpoint.id, statuses: ["unsent"] });
    await recovery.step();
    await added.wake();
    expect(receivedBy(world, "new.example.com")).toHaveLength(3);
    expect(await recovery.run()).toMatchObject({ estimate: { deliveries: 2 }, resent: 2 });
    const named = await begin(world, { endpoint: added.endpoint.id, statuses: ["unsent"], types: ["sms.sent"] });
    await named.step();
    await added.wake();
    expect(receivedBy(world, "new.example.com")).toHaveLength(6);
    expect(receivedBy(world, "old.example.com")).toHaveLength(6);
  });

  it("a paused endpoint keeps what is recovered in its backlog until it is resumed", async () => {
    const { world, works } = outage();
    const hook = await addEndpoint(world, { releaseRate: 1 });
    await hook.send(100);
    await giveUp(world, hook.endpoint.id);
    await pauseEndpoint(world, "acme", hook.endpoint.id);
    works();
    world.clock.move(1_000);
    const recovery = await begin(world, { endpoint: hook.endpoint.id });
    expect(await recovery.run()).toMatchObject({ status: "finished", resent: 100 });
    expect(await hook.backlog()).toHaveLength(100);
    const posts = world.webhookClient.ledger.length;
    await resumeEndpoint(world, "acme", hook.endpoint.id);
    for (let rounds = 0; rounds < 5 && (await hook.backlog()).length > 0; rounds++) await hook.wake();
    expect(world.webhookClient.ledger).toHaveLength(posts + 100);
  });

  it("events of an account that was deleted since are not sent", async () => {
    const { world } = outage();
    const hook = await addEndpoint(world);
    await hook.send();
    await giveUp(world, hook.endpoint.id);
    world.clock.move(1_000);
    const recovery = await begin(world);
    await world.accounts.beginDeletion("acme", world.clock.now());
    await recovery.run();
    expect(await recovery.read()).toMatchObject({ status: "running", resent: 0 });
    await world.recoveries.erase("acme", 10);
    expect([await world.recoveries.find("acme", recovery.id), await world.recoveries.running()]).toEqual([
      undefined,
      [],
    ]);
  });
});
