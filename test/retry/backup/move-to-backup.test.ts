import { describe, expect, it } from "vitest";
import { dispatcher } from "../../../lambdas/delivery/dispatch-events.ts";
import { changeEndpoint } from "../../../lambdas/endpoints/change-endpoint.ts";
import { pauseEndpoint, resumeEndpoint } from "../../../lambdas/endpoints/pause-resume.ts";
import { registerEndpoint } from "../../../lambdas/endpoints/register-endpoint.ts";
import { findEventWithDeliveries } from "../../../lambdas/events/read-events.ts";
import { resendEvent } from "../../../lambdas/events/resend-event.ts";
import { retryRoundsRunner } from "../../../lambdas/retry/run-retry-round.ts";
import { memoryWorld } from "../../support/memory-world.ts";
import { addEndpoint } from "../add-endpoint.ts";
import { BACKUP, MAIN, MINUTE_MS, pair, SECOND_MS } from "./backup-pair.ts";

describe("a backup", () => {
  it("a backup gets nothing while its main endpoint is failing but not suspended", async () => {
    const { send, got, fails, pass, world } = await pair();
    await send(3);
    fails(MAIN);
    await send(2);
    await pass(20 * SECOND_MS);
    expect(got(MAIN)).toHaveLength(3);
    expect(got(BACKUP)).toEqual([]);
    expect(world.webhookClient.ledger.every(({ url }) => url === MAIN)).toBe(true);
  });

  it("a backup gets the backlog and the new events of a suspended endpoint until that is resumed", async () => {
    const { send, got, fails, recovers, pass, main, world } = await pair();
    fails(MAIN);
    const early = await send(60);
    await pass(2 * MINUTE_MS);
    expect((await main.state()).status).toBe("suspended");
    expect(got(BACKUP)).toEqual(early.toSorted());
    expect(await main.backlog()).toEqual([]);
    const later = await send(5);
    expect(got(BACKUP)).toEqual([...early, ...later].toSorted()); // at once
    recovers(MAIN);
    await resumeEndpoint(world, "acme", main.endpoint.id);
    await pass(5 * SECOND_MS);
    const fresh = await send(2);
    expect(got(MAIN)).toEqual(fresh.toSorted());
    expect(got(BACKUP)).toHaveLength(65);
  });

  it("the log names the endpoint on whose behalf a backup delivered", async () => {
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

  it("a backup gets only the event types that it subscribes to, and the others stay pending", async () => {
    const { got, fails, pass, main } = await pair({ backupTypes: ["click"] });
    fails(MAIN, 410);
    const [open] = await main.send(1, { type: "open" });
    const [click] = await main.send(1, { type: "click" });
    await pass(MINUTE_MS);
    expect(got(BACKUP)).toEqual([click?.id]);
    expect((await main.backlog()).map(({ eventId }) => eventId)).toEqual([open?.id]);
  });

  it("a backup does not get operational webhooks about itself on behalf of its main endpoint", async () => {
    const { world, main, backup, fails, pass, got, send } = await pair({ backupTypes: ["*", "rappel.*"] });
    await changeEndpoint(world, "acme", main.endpoint.id, (present) => ({ ...present, eventTypes: ["*", "rappel.*"] }));
    fails(MAIN, 410);
    const statusEvent = { type: "rappel.endpoint.failing", source: "rappel", about: backup.endpoint.id } as const;
    const moved = await send(1); // suspends the main endpoint and moves its backlog
    const [event] = await main.send(1, statusEvent);
    await pass(MINUTE_MS);
    expect(got(BACKUP)).toEqual(moved);
    expect((await main.backlog()).map(({ eventId }) => eventId)).toEqual([event?.id]);
  });

  it("a backup delivers moved events even if its own backlog was skipped before", async () => {
    const { send, got, fails, pass, backup, world } = await pair();
    fails(MAIN);
    const sent = await send(3);
    world.clock.move(SECOND_MS);
    await pauseEndpoint(world, "acme", backup.endpoint.id);
    await resumeEndpoint(world, "acme", backup.endpoint.id, "skip");
    await pass(3 * MINUTE_MS);
    expect(got(BACKUP)).toEqual(sent.toSorted());
  });

  it("a backup gets at once an event that is resent to its suspended main endpoint", async () => {
    const { send, got, fails, pass, world } = await pair();
    const [id = ""] = await send(1);
    fails(MAIN, 410);
    await send(1);
    await pass(MINUTE_MS);
    await resendEvent(world, "acme", id);
    const resends = world.queue.resends.map((resend) => ({
      content: { account: "acme", events: [], resend },
      receives: 1,
    }));
    await dispatcher(world)(resends, world.clock.now() + MINUTE_MS);
    await pass(MINUTE_MS);
    expect(got(BACKUP)).toContain(id);
  });

  it("a backup that is registered after the main endpoint was suspended gets its backlog and resent events", async () => {
    const world = memoryWorld(({ url }) => ({ status: url === MAIN ? 410 : 200, tookMs: 0 }));
    const main = await addEndpoint(world, { url: MAIN });
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
    expect(world.queue.resends.at(-1)?.to).toEqual([main.endpoint.id]);
  });
});
