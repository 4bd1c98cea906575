import { describe, expect, it } from "vitest";
import { resendEvent } from "../../lambdas/events/resend-event.ts";
import { createRecovery } from "../../lambdas/recoveries/create-recovery.ts";
import { cancelRecovery } from "../../lambdas/recoveries/find-recovery.ts";
import { requeueStalled } from "../../lambdas/recoveries/requeue-stalled.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { addEndpoint } from "../retry/add-endpoint.ts";
import type { MemoryWorld } from "../support/memory-world.ts";
import { begin, giveUp, MISSED, outage, stepsOf } from "./recovery-steps.ts";

const PAGE = LIMITS.recoveryPage;
const LEASE_MS = 71_000; // the function's 60 s, and 10 s more

/** An endpoint that has missed many events, and works again. */
async function missed(count: number, more: Parameters<typeof addEndpoint>[1] = {}) {
  const { world, works } = outage();
  const hook = await addEndpoint(world, { releaseRate: 500, ...more });
  await hook.send(count);
  await giveUp(world, hook.endpoint.id);
  works();
  await hook.wake(); // its backlog is empty: it is active again
  expect((await hook.state()).status).toBe("active");
  world.clock.move(1_000);
  return { world, hook, before: world.webhookClient.ledger.length };
}

async function deliverAll(world: MemoryWorld, hook: Awaited<ReturnType<typeof addEndpoint>>): Promise<void> {
  for (let rounds = 0; rounds < 20 && (await hook.backlog()).length > 0; rounds++) await hook.wake();
  expect(await world.deliveries.oldest(hook.endpoint.id, { limit: 1 })).toEqual([]);
}

/** The webhook-ids that were sent since, each as often as it was sent. */
const sentSince = (world: MemoryWorld, before: number) =>
  world.webhookClient.ledger.slice(before).map(({ headers }) => headers["webhook-id"]);
const expectEachOnce = (ids: readonly unknown[], count: number) =>
  expect([ids.length, new Set(ids).size]).toEqual([count, count]);

/** Calls that a step makes, in its order. A crash at any of them must change neither the counts nor what is sent. */
const CALLS = [
  { port: "recoveries", name: "save", nth: 1 },
  { port: "deliveries", name: "addToBacklog", nth: 1 },
  { port: "deliveries", name: "addToBacklog", nth: PAGE },
  { port: "states", name: "update", nth: 1 },
  { port: "timer", name: "set", nth: 1 },
  { port: "recoveries", name: "save", nth: 2 },
  { port: "queue", name: "recover", nth: 1 },
  { port: "recoveries", name: "save", nth: 3 },
  { port: "deliveries", name: "addToBacklog", nth: PAGE + 1 },
  { port: "states", name: "update", nth: 3 },
] as const;

describe("a recovery that is interrupted", () => {
  it.each(CALLS)(
    "a step that crashes at call $nth of $port $name is repeated: each event is sent and counted once",
    async ({ port, name, nth }) => {
      const { world, hook, before } = await missed(PAGE + 50);
      const recovery = await begin(world, { endpoint: hook.endpoint.id });
      const target: object = world[port];
      const call: (...args: unknown[]) => Promise<unknown> = Reflect.get(target, name);
      let calls = 0;
      Reflect.set(target, name, async (...args: unknown[]) => {
        if (++calls === nth) throw new Error("killed");
        return call.apply(target, args);
      });
      while (calls < nth && (await recovery.read()).status === "running") await recovery.step();
      Reflect.set(target, name, call);
      world.queue.recoveries.length = 0;
      await hook.wake().catch(() => undefined); // some are delivered before the step is repeated
      world.clock.move(LIMITS.overdueSeconds * 1_000 + LEASE_MS);
      expect(await requeueStalled(world)).toBe(1);
      const done = await recovery.run();
      await deliverAll(world, hook);
      expect(done).toMatchObject({ status: "finished", resent: PAGE + 50, skipped: 0 });
      expectEachOnce(sentSince(world, before), PAGE + 50);
    },
  );

  it("a recovery whose delayed message was lost continues", async () => {
    const { world } = await missed(1);
    const recovery = await begin(world);
    await recovery.step();
    world.queue.recoveries.length = 0;
    world.clock.move(900_000);
    expect(await requeueStalled(world)).toBe(0);
    world.clock.move(200_000);
    expect(await requeueStalled(world)).toBe(1);
    expect(await recovery.run()).toMatchObject({ status: "finished", resent: 1 });
  });

  it("copies of a step's message change nothing", async () => {
    const { world, hook, before } = await missed(PAGE + 50);
    const recovery = await begin(world, { endpoint: hook.endpoint.id });
    await Promise.all([recovery.step(), recovery.step(), recovery.step()]);
    await Promise.all([recovery.step(), recovery.step()]);
    await deliverAll(world, hook);
    expect(await recovery.run()).toMatchObject({ resent: PAGE + 50 });
    expectEachOnce(sentSince(world, before), PAGE + 50);
  });

  it("a copy of a message that arrives during a step does not read the log", async () => {
    const { world } = await missed(10);
    const recovery = await begin(world);
    const { oldest } = world.log;
    let reads = 0;
    const during: Promise<boolean>[] = [];
    world.log.oldest = (...args) => {
      reads++;
      if (reads === 1) during.push(recovery.step());
      return oldest(...args);
    };
    await recovery.step();
    expect(await Promise.all(during)).toEqual([true]);
    expect(reads).toBe(2); // the events, and the end of the log
    expect(await recovery.read()).toMatchObject({ resent: 10 });
  });

  it("a backlog item that a crash left behind does not keep a missed delivery from being sent", async () => {
    const { world, hook, before } = await missed(1);
    const [event] = (await world.log.list("acme", { limit: 1 })).items;
    const key = { endpoint: hook.endpoint.id, eventId: event?.id ?? "" };
    const [outcome] = await world.deliveries.ended([key]);
    if (outcome === undefined) throw new Error("It has not ended");
    const { account, eventId, type, keptUntil } = outcome;
    const left = { ...key, account, eventId, type, keptUntil, failures: 6, dueAt: 1, attempts: [] };
    await world.deliveries.addToBacklog(left);
    const recovery = await begin(world);
    await recovery.step();
    await deliverAll(world, hook);
    expect(await recovery.read()).toMatchObject({ resent: 1 });
    expectEachOnce(sentSince(world, before), 1);
  });

  it("a cancelled recovery stops before its next step, and one that is begun again sends exactly the rest", async () => {
    const { world, hook, before } = await missed(3 * PAGE);
    const first = await begin(world);
    await first.step();
    const { recovery: cancelled } = await cancelRecovery(world, "acme", first.id);
    expect(cancelled).toMatchObject({ resent: PAGE, cancelRequestedAt: world.clock.now() });
    const again = await begin(world);
    expect(again.id).not.toBe(first.id);
    expect(await first.run()).toMatchObject({ status: "cancelled", resent: PAGE });
    await deliverAll(world, hook);
    expectEachOnce(sentSince(world, before), PAGE);
    world.queue.recoveries.push({ account: "acme", id: again.id, delayMs: 0 });
    expect(await again.run()).toMatchObject({ status: "finished", resent: 2 * PAGE });
    await deliverAll(world, hook);
    expectEachOnce(sentSince(world, before), 3 * PAGE);
    const finished = hook.published().filter(({ type }) => type === "rappel.recovery.finished");
    expect(finished.map(({ recovery, status, resent }) => [recovery, status, resent])).toEqual([
      [first.id, "cancelled", PAGE],
      [again.id, "finished", 2 * PAGE],
    ]);
    expect(await world.recoveries.running()).toEqual([]);
  });

  it("a recovery that is cancelled while a step of it has crashed still counts all that this step has sent", async () => {
    const { world, hook, before } = await missed(2 * PAGE);
    const recovery = await begin(world);
    const { update } = world.states;
    world.states.update = () => Promise.reject(new Error("killed"));
    expect(await recovery.step()).toBe(false);
    world.states.update = update;
    await cancelRecovery(world, "acme", recovery.id);
    world.queue.recoveries.length = 0;
    world.clock.move(LIMITS.overdueSeconds * 1_000 + LEASE_MS);
    await requeueStalled(world);
    expect(await recovery.run()).toMatchObject({ status: "cancelled", resent: PAGE });
    await deliverAll(world, hook);
    expectEachOnce(sentSince(world, before), PAGE);
  });

  it("a recovery that has finished cannot be cancelled any more, and stays finished", async () => {
    const { world } = await missed(1);
    const recovery = await begin(world);
    await recovery.run();
    expect((await cancelRecovery(world, "acme", recovery.id)).recovery).toMatchObject({ status: "finished" });
    expect((await recovery.run()).cancelRequestedAt).toBeUndefined();
  });

  it.each(["before it is published", "after it is published, and before that is recorded"])(
    "an end whose function was killed %s is published later, under the same id",
    async (moment) => {
      const { world, hook } = await missed(1);
      const recovery = await begin(world);
      await recovery.run(async () => (await recovery.read()).status === "waiting");
      const { send } = world.queue;
      const killed = new Error("killed");
      world.queue.send = async (...events) => {
        if (moment.startsWith("after")) await send.apply(world.queue, events);
        throw killed;
      };
      world.clock.move(1_000_000);
      await recovery.run();
      world.queue.send = send;
      world.clock.move(200_000);
      expect(await requeueStalled(world)).toBe(1);
      await recovery.run();
      await recovery.step();
      const ids = world.queue.sent.filter(({ type }) => type === "rappel.recovery.finished").map(({ id }) => id);
      expect(ids).toHaveLength(moment.startsWith("after") ? 4 : 2); // for the account and the operator
      expect(new Set(ids).size).toBe(1);
      expect(hook.published()).toContainEqual(expect.objectContaining({ recovery: recovery.id, status: "finished" }));
      expect([await requeueStalled(world), await world.recoveries.running()]).toEqual([0, []]);
    },
  );

  it("a place left by a request that crashed before it stored its recovery is taken over", async () => {
    const { world } = await missed(1);
    const { add } = world.recoveries;
    world.recoveries.add = () => Promise.reject(new Error("killed"));
    await expect(createRecovery(world, "acme", MISSED)).rejects.toThrow("killed");
    world.recoveries.add = add;
    await expect(createRecovery(world, "acme", MISSED)).rejects.toMatchObject({ code: "REQUEST_IN_PROGRESS" });
    world.clock.move(31_000);
    const { recovery } = await createRecovery(world, "acme", MISSED);
    world.clock.move(1_000_000);
    for (const each of await world.recoveries.running()) await stepsOf(world, each).step();
    expect((await world.recoveries.running()).map(({ id }) => id)).toEqual([recovery.id]);
  });

  it("an event that a user resends meanwhile is sent once more than the recovery sends it, not twice", async () => {
    const { world, hook, before } = await missed(2);
    const recovery = await begin(world);
    world.clock.move(10);
    const [event] = (await world.log.list("acme", { limit: 1 })).items;
    await resendEvent(world, "acme", event?.id ?? "");
    await recovery.step();
    await recovery.step();
    await deliverAll(world, hook);
    expectEachOnce(sentSince(world, before), 2);
  });
});
