import { describe, expect, it } from "vitest";
import { dispatcher } from "../../../lambdas/delivery/dispatch-events.ts";
import { changeEndpoint } from "../../../lambdas/endpoints/change-endpoint.ts";
import { pauseEndpoint, resumeEndpoint } from "../../../lambdas/endpoints/pause-resume.ts";
import { registerEndpoint } from "../../../lambdas/endpoints/register-endpoint.ts";
import { findEventWithDeliveries } from "../../../lambdas/events/read-events.ts";
import { resendEvent } from "../../../lambdas/events/resend-event.ts";
import { retryRoundsRunner } from "../../../lambdas/retry/run-retry-round.ts";
import { memoryWorld } from "../../support/memory-world.ts";
import { lifeOf } from "../rounds.ts";
import { BACKUP, MAIN, MINUTE_MS, pair, SECOND_MS } from "./backup-pair.ts";

describe("a backup", () => {
  it("gets nothing while the endpoint it stands in for is not suspended, failing or not", async () => {
    const { send, got, fails, pass, world } = await pair();
    await send(3);
    fails(MAIN);
    await send(2);
    await pass(20 * SECOND_MS);
    expect(got(MAIN)).toHaveLength(3);
    expect(got(BACKUP)).toEqual([]);
    expect(world.webhookClient.ledger.every(({ url }) => url === MAIN)).toBe(true);
  });

  it("gets what waited for a dead URL, and what comes while that is suspended; revived, it has its own again", async () => {
    const { send, got, fails, mends, pass, main, world } = await pair();
    fails(MAIN);
    const early = await send(60);
    await pass(2 * MINUTE_MS);
    expect((await main.state()).status).toBe("suspended");
    expect(got(BACKUP)).toEqual(early.toSorted());
    expect(await main.waiting()).toEqual([]);
    const later = await send(5);
    expect(got(BACKUP)).toEqual([...early, ...later].toSorted()); // at once
    mends(MAIN);
    await resumeEndpoint(world, "acme", main.endpoint.id);
    await pass(5 * SECOND_MS);
    const fresh = await send(2);
    expect(got(MAIN)).toEqual(fresh.toSorted());
    expect(got(BACKUP)).toHaveLength(65);
  });

  it("is shown in the log: who got which event, and in whose stead", async () => {
    const { send, fails, pass, main, backup, world } = await pair();
    fails(MAIN, 410);
    const [waited = ""] = await send(1);
    await pass(5 * SECOND_MS);
    const [direct = ""] = await send(1);
    const deliveriesOf = async (id: string) =>
      (await findEventWithDeliveries(world, "acme", id)).deliveries.map(({ delivery }) => delivery);
    const [mainId, backupId] = [main.endpoint.id, backup.endpoint.id];
    expect(await deliveriesOf(direct)).toMatchObject([{ endpoint: backupId, status: "delivered", onBehalfOf: mainId }]);
    const both = await deliveriesOf(waited);
    expect(both).toMatchObject([
      { endpoint: mainId, status: "cancelled", reason: "moved", attempts: [{ answer: { status: 410 } }] },
      { endpoint: backupId, status: "delivered", onBehalfOf: mainId },
    ]);
  });

  it("gets only what it wants itself; the rest waits", async () => {
    const { got, fails, pass, main } = await pair({ backupTypes: ["click"] });
    fails(MAIN, 410);
    const [open] = await main.send(1, { type: "open" });
    const [click] = await main.send(1, { type: "click" });
    await pass(MINUTE_MS);
    expect(got(BACKUP)).toEqual([click?.id]);
    expect((await main.waiting()).map(({ eventId }) => eventId)).toEqual([open?.id]);
  });

  it("is told nothing of itself in the other's stead", async () => {
    const { world, main, backup, fails, pass, got, send } = await pair({ backupTypes: ["*", "rappel.*"] });
    await changeEndpoint(world, "acme", main.endpoint.id, (present) => ({ ...present, eventTypes: ["*", "rappel.*"] }));
    fails(MAIN, 410);
    const told = { type: "rappel.endpoint.failing", source: "rappel", about: backup.endpoint.id } as const;
    const others = await send(1); // what has it suspended, and all that waits looked at
    const [event] = await main.send(1, told);
    await pass(MINUTE_MS);
    expect(got(BACKUP)).toEqual(others);
    expect((await main.waiting()).map(({ eventId }) => eventId)).toEqual([event?.id]);
  });

  it("delivers what it is handed though its own user once resumed it without what had come before", async () => {
    const { send, got, fails, pass, backup, world } = await pair();
    fails(MAIN);
    const sent = await send(3);
    world.clock.move(SECOND_MS);
    await pauseEndpoint(world, "acme", backup.endpoint.id);
    await resumeEndpoint(world, "acme", backup.endpoint.id, "skip");
    await pass(3 * MINUTE_MS);
    expect(got(BACKUP)).toEqual(sent.toSorted());
  });

  it("gets what is sent again to the one it stands in for, at once", async () => {
    const { send, got, fails, pass, world } = await pair();
    const [id = ""] = await send(1);
    fails(MAIN, 410);
    await send(1);
    await pass(MINUTE_MS);
    await resendEvent(world, "acme", id);
    const wishes = world.queue.wishes.map((resend) => ({
      content: { account: "acme", events: [], resend },
      receives: 1,
    }));
    await dispatcher(world)(wishes, world.clock.now() + MINUTE_MS);
    await pass(MINUTE_MS);
    expect(got(BACKUP)).toContain(id);
  });

  it("relieves a URL that is dead already when it is registered, and gets what is resent to it", async () => {
    const world = memoryWorld(({ url }) => ({ status: url === MAIN ? 410 : 200, tookMs: 0 }));
    const main = await lifeOf(world, { url: MAIN });
    const [event] = await main.send(1);
    await main.wake();
    const { endpoint } = await registerEndpoint(world, "acme", {
      ...main.endpoint,
      url: BACKUP,
      backupOf: [main.endpoint.id],
    });
    expect((await main.state()).wakeAt).toBeLessThanOrEqual(world.clock.now() + SECOND_MS);
    await main.wake();
    const { wakeAt = 0 } = (await world.states.read([endpoint.id])).get(endpoint.id) ?? {};
    world.clock.move(Math.max(0, wakeAt - world.clock.now()));
    await retryRoundsRunner(world)([{ content: { endpoint: endpoint.id, wakeAt } }], world.clock.now() + MINUTE_MS);
    expect(world.webhookClient.ledger.at(-1)).toMatchObject({ url: BACKUP, headers: { "webhook-id": event?.id } });
    await resendEvent(world, "acme", event?.id ?? "");
    expect(world.queue.wishes.at(-1)?.to).toEqual([main.endpoint.id]);
  });
});
