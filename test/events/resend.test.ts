import { describe, expect, it } from "vitest";
import { dispatcher } from "../../lambdas/delivery/dispatch-events.ts";
import { pauseEndpoint } from "../../lambdas/endpoints/pause-resume.ts";
import { findEventWithDeliveries } from "../../lambdas/events/read-events.ts";
import { resendEvent } from "../../lambdas/events/resend-event.ts";
import { lifeOf } from "../retry/rounds.ts";
import { type MemoryWorld, memoryWorld } from "../support/memory-world.ts";

const applyResendes = (world: MemoryWorld, receives = 1) =>
  dispatcher(world)(
    world.queue.wishes.map((resend) => ({ content: { account: "acme", events: [], resend }, receives })),
    world.clock.now() + 60_000,
  );
const deliveriesOf = async (world: MemoryWorld, id: string) =>
  (await findEventWithDeliveries(world, "acme", id)).deliveries.map(({ delivery }) => delivery);

describe("an event that is resent", () => {
  it("is sent once more under the same id, though it was delivered at first, and shows both attempts", async () => {
    const world = memoryWorld();
    const life = await lifeOf(world);
    const [event] = await life.send();
    const id = event?.id ?? "";
    world.clock.move(1_000);
    await resendEvent(world, "acme", id);
    await applyResendes(world);
    expect(await deliveriesOf(world, id)).toMatchObject([{ status: "pending" }]);
    await life.wake();
    expect(world.webhookClient.ledger.map(({ headers }) => headers["webhook-id"])).toEqual([id, id]);
    expect(await deliveriesOf(world, id)).toMatchObject([{ status: "delivered", attempts: [{}, {}] }]);
  });

  it("is sent once more though the wish is brought twice", async () => {
    const world = memoryWorld();
    const life = await lifeOf(world);
    const [event] = await life.send();
    await resendEvent(world, "acme", event?.id ?? "");
    await applyResendes(world);
    await life.wake();
    await applyResendes(world, 2);
    await life.wake();
    expect(world.webhookClient.ledger).toHaveLength(2);
    expect(await life.waiting()).toEqual([]);
  });

  it("can be resent after it was given up, and again after that", async () => {
    let status = 400;
    const world = memoryWorld(() => ({ status, tookMs: 0 }));
    const life = await lifeOf(world, { retrySchedule: [{ times: 5, everyMs: 1_000 }] });
    const [event] = await life.send();
    await world.deliveries.recordOutcome({
      endpoint: life.endpoint.id,
      account: "acme",
      eventId: event?.id ?? "",
      type: "t",
      status: "exhausted",
      endedAt: 1,
      attempts: [],
      keptUntil: 4_000_000_000_000,
    });
    status = 200;
    for (let n = 0; n < 2; n++) {
      world.clock.move(1_000);
      world.queue.wishes.length = 0;
      await resendEvent(world, "acme", event?.id ?? "");
      await applyResendes(world);
      await life.wake();
    }
    expect(world.webhookClient.ledger).toHaveLength(3);
    expect(await deliveriesOf(world, event?.id ?? "")).toMatchObject([{ status: "delivered" }]);
  });

  it("stays as it is where it is still pending: it will be sent", async () => {
    const world = memoryWorld(() => ({ status: 500, tookMs: 0 }));
    const life = await lifeOf(world);
    const [event] = await life.send();
    const before = await life.waiting();
    await resendEvent(world, "acme", event?.id ?? "");
    await applyResendes(world);
    expect(await life.waiting()).toEqual(before);
  });

  it("goes to a named endpoint that never asked for its type, and to no other", async () => {
    const world = memoryWorld();
    const life = await lifeOf(world, { url: "https://one.example.com/" });
    const other = await lifeOf(world, { url: "https://two.example.com/", eventTypes: ["other"] });
    const [event] = await life.send();
    await resendEvent(world, "acme", event?.id ?? "", [other.endpoint.id]);
    await applyResendes(world);
    await other.wake();
    expect(world.webhookClient.ledger.map(({ url }) => new URL(url).hostname)).toEqual([
      "one.example.com",
      "two.example.com",
    ]);
  });

  it("waits where its endpoint is paused", async () => {
    const world = memoryWorld();
    const life = await lifeOf(world);
    const [event] = await life.send();
    await pauseEndpoint(world, "acme", life.endpoint.id);
    await resendEvent(world, "acme", event?.id ?? "");
    await applyResendes(world);
    expect(await life.waiting()).toHaveLength(1);
    expect(world.webhookClient.ledger).toHaveLength(1);
  });

  it("is refused whole where one of the named endpoints is not there", async () => {
    const world = memoryWorld();
    const life = await lifeOf(world);
    const [event] = await life.send();
    await expect(
      resendEvent(world, "acme", event?.id ?? "", [life.endpoint.id, "ep_01JD7X1RZ8M3V0A6Q5T2Y9WKBC"]),
    ).rejects.toMatchObject({ code: "ENDPOINT_NOT_FOUND" });
    expect(world.queue.wishes).toEqual([]);
  });
});
