import { describe, expect, it } from "vitest";
import { dispatcher } from "../../lambdas/delivery/dispatch-events.ts";
import { pauseEndpoint } from "../../lambdas/endpoints/pause-resume.ts";
import { findEventWithDeliveries } from "../../lambdas/events/read-events.ts";
import { resendEvent } from "../../lambdas/events/resend-event.ts";
import { addEndpoint } from "../retry/add-endpoint.ts";
import { type MemoryWorld, memoryWorld } from "../support/memory-world.ts";

const dispatchResends = (world: MemoryWorld, receives = 1) =>
  dispatcher(world)(
    world.queue.resends.map((resend) => ({ content: { account: "acme", events: [], resend }, receives })),
    world.clock.now() + 60_000,
  );
const deliveriesOf = async (world: MemoryWorld, id: string) =>
  (await findEventWithDeliveries(world, "acme", id)).deliveries.map(({ delivery }) => delivery);

describe("a resent event", () => {
  it("a resent event is delivered again under the same id and shows both attempts", async () => {
    const world = memoryWorld();
    const hook = await addEndpoint(world);
    const [event] = await hook.send();
    const id = event?.id ?? "";
    world.clock.move(1_000);
    await resendEvent(world, "acme", id);
    await dispatchResends(world);
    expect(await deliveriesOf(world, id)).toMatchObject([{ status: "pending" }]);
    await hook.wake();
    expect(world.webhookClient.ledger.map(({ headers }) => headers["webhook-id"])).toEqual([id, id]);
    expect(await deliveriesOf(world, id)).toMatchObject([{ status: "delivered", attempts: [{}, {}] }]);
  });

  it("a resent event is delivered once if the queue delivers the request twice", async () => {
    const world = memoryWorld();
    const hook = await addEndpoint(world);
    const [event] = await hook.send();
    await resendEvent(world, "acme", event?.id ?? "");
    await dispatchResends(world);
    await hook.wake();
    await dispatchResends(world, 2);
    expect((await hook.state()).wakeAt).toBeUndefined();
    expect(world.webhookClient.ledger).toHaveLength(2);
    expect(await hook.backlog()).toEqual([]);
  });

  it("an exhausted event can be resent, and resent again", async () => {
    let status = 400;
    const world = memoryWorld(() => ({ status, tookMs: 0 }));
    const hook = await addEndpoint(world, { retrySchedule: [{ times: 5, everyMs: 1_000 }] });
    const [event] = await hook.send();
    await world.deliveries.recordOutcome({
      endpoint: hook.endpoint.id,
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
      world.queue.resends.length = 0;
      await resendEvent(world, "acme", event?.id ?? "");
      await dispatchResends(world);
      await hook.wake();
    }
    expect(world.webhookClient.ledger).toHaveLength(3);
    expect(await deliveriesOf(world, event?.id ?? "")).toMatchObject([{ status: "delivered" }]);
  });

  it("a resend to many endpoints reads their deliveries in two calls, and counts nothing that is pending", async () => {
    const world = memoryWorld();
    const hook = await addEndpoint(world);
    for (let n = 0; n < 19; n++) await addEndpoint(world);
    const [event] = await hook.send();
    const calls: string[] = [];
    for (const name of ["pending", "ended", "count"] as const) {
      const call: (...args: never[]) => unknown = world.deliveries[name];
      Object.assign(world.deliveries, { [name]: (...args: never[]) => (calls.push(name) ? call(...args) : undefined) });
    }
    const { deliveries } = await resendEvent(world, "acme", event?.id ?? "");
    expect(deliveries).toHaveLength(20);
    expect(calls).toEqual(["pending", "ended"]);
    calls.length = 0;
    await dispatchResends(world);
    expect(calls).toEqual(["pending", "ended"]);
    expect(await hook.backlog()).toHaveLength(1);
  });

  it("twenty hasty resends write the endpoint's state once, because the event is pending already", async () => {
    const world = memoryWorld();
    const hook = await addEndpoint(world);
    const [event] = await hook.send();
    for (let n = 0; n < 20; n++) {
      world.clock.move(1);
      await resendEvent(world, "acme", event?.id ?? "");
    }
    const { parked } = await hook.state();
    for (const resend of world.queue.resends)
      await dispatcher(world)(
        [{ content: { account: "acme", events: [], resend }, receives: 1 }],
        world.clock.now() + 60_000,
      );
    expect((await hook.state()).parked).toBe(parked + 1);
    await hook.wake();
    expect(world.webhookClient.ledger).toHaveLength(2);
  });

  it("a resend whose function was killed before it wrote the state is completed when it is received again", async () => {
    const world = memoryWorld();
    const hook = await addEndpoint(world);
    const [event] = await hook.send();
    await resendEvent(world, "acme", event?.id ?? "");
    const { update } = world.states;
    world.states.update = () => Promise.reject(new Error("killed"));
    expect(await dispatchResends(world)).toEqual([false]);
    world.states.update = update;
    expect((await hook.state()).wakeAt).toBeUndefined();
    expect(await dispatchResends(world, 2)).toEqual([true]);
    await hook.wake();
    expect(world.webhookClient.ledger).toHaveLength(2);
  });

  it("a resend to an endpoint that was deleted since leaves nothing behind if its function was killed while it cancelled", async () => {
    const world = memoryWorld();
    const hook = await addEndpoint(world);
    const [event] = await hook.send();
    await resendEvent(world, "acme", event?.id ?? "");
    await world.endpoints.remove("acme", hook.endpoint.id);
    await world.states.remove(hook.endpoint.id, []);
    const { removeFromBacklog } = world.deliveries;
    world.deliveries.removeFromBacklog = () => Promise.reject(new Error("killed"));
    expect(await dispatchResends(world)).toEqual([false]);
    world.deliveries.removeFromBacklog = removeFromBacklog;
    expect(await hook.backlog()).toHaveLength(1);
    expect(await dispatchResends(world, 2)).toEqual([true]);
    expect(await hook.backlog()).toEqual([]);
    expect(await deliveriesOf(world, event?.id ?? "")).toMatchObject([{ status: "cancelled", reason: "deleted" }]);
  });

  it("a resend with an Idempotency-Key is requested once, also if its first request crashed", async () => {
    const world = memoryWorld();
    const hook = await addEndpoint(world);
    const [event] = await hook.send();
    const key = { key: "k", hash: "h" };
    const { complete, release } = world.claims;
    Object.assign(world.claims, { complete: async () => {}, release: async () => {} }); // a crash after the request
    await resendEvent(world, "acme", event?.id ?? "", undefined, key);
    Object.assign(world.claims, { complete, release });
    await expect(resendEvent(world, "acme", event?.id ?? "", undefined, key)).rejects.toMatchObject({
      code: "REQUEST_IN_PROGRESS",
    });
    world.clock.move(30_000);
    expect(await resendEvent(world, "acme", event?.id ?? "", undefined, key)).toMatchObject({ isReplay: false });
    expect(await resendEvent(world, "acme", event?.id ?? "", undefined, key)).toMatchObject({ isReplay: true });
    expect(world.queue.resends).toHaveLength(2);
    for (const resend of world.queue.resends) {
      const message = { content: { account: "acme", events: [], resend }, receives: 1 };
      await dispatcher(world)([message], world.clock.now() + 60_000);
      if ((await hook.backlog()).length > 0) await hook.wake();
    }
    expect(world.webhookClient.ledger).toHaveLength(2); // the first attempt, and one resend
  });

  it("a resend that failed is requested anew by its repeat, whatever happened meanwhile", async () => {
    const world = memoryWorld();
    const hook = await addEndpoint(world);
    const [event] = await hook.send();
    const id = event?.id ?? "";
    const key = { key: "k", hash: "h" };
    const { resend } = world.queue;
    world.queue.resend = () => Promise.reject(new Error("unavailable"));
    await expect(resendEvent(world, "acme", id, undefined, key)).rejects.toThrow("unavailable");
    world.queue.resend = resend;
    world.clock.move(600_000);
    await resendEvent(world, "acme", id);
    await dispatchResends(world);
    await hook.wake();
    world.clock.move(600_000);
    world.queue.resends.length = 0;
    await resendEvent(world, "acme", id, undefined, key);
    await dispatchResends(world);
    await hook.wake();
    expect(world.webhookClient.ledger).toHaveLength(3);
  });

  it("resending a pending event changes nothing", async () => {
    const world = memoryWorld(() => ({ status: 500, tookMs: 0 }));
    const hook = await addEndpoint(world);
    const [event] = await hook.send();
    const before = await hook.backlog();
    await resendEvent(world, "acme", event?.id ?? "");
    await dispatchResends(world);
    expect(await hook.backlog()).toEqual(before);
  });

  it("a resent event goes only to the named endpoint, even if that does not match its type", async () => {
    const world = memoryWorld();
    const hook = await addEndpoint(world, { url: "https://one.example.com/" });
    const other = await addEndpoint(world, { url: "https://two.example.com/", eventTypes: ["other"] });
    const [event] = await hook.send();
    await resendEvent(world, "acme", event?.id ?? "", [other.endpoint.id]);
    await dispatchResends(world);
    await other.wake();
    expect(world.webhookClient.ledger.map(({ url }) => new URL(url).hostname)).toEqual([
      "one.example.com",
      "two.example.com",
    ]);
  });

  it("a resent event stays pending while its endpoint is paused", async () => {
    const world = memoryWorld();
    const hook = await addEndpoint(world);
    const [event] = await hook.send();
    await pauseEndpoint(world, "acme", hook.endpoint.id);
    await resendEvent(world, "acme", event?.id ?? "");
    await dispatchResends(world);
    expect(await hook.backlog()).toHaveLength(1);
    expect(world.webhookClient.ledger).toHaveLength(1);
  });

  it("resending to several endpoints is refused if one of them does not exist", async () => {
    const world = memoryWorld();
    const hook = await addEndpoint(world);
    const [event] = await hook.send();
    await expect(
      resendEvent(world, "acme", event?.id ?? "", [hook.endpoint.id, "ep_01JD7X1RZ8M3V0A6Q5T2Y9WKBC"]),
    ).rejects.toMatchObject({ code: "ENDPOINT_NOT_FOUND" });
    expect(world.queue.resends).toEqual([]);
  });
});
