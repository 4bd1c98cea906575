import { describe, expect, it } from "vitest";
import type { Webhook } from "../../lambdas/delivery/model/webhook-request.ts";
import { findEventWithDeliveries } from "../../lambdas/events/read-events.ts";
import { addEndpoint } from "../retry/add-endpoint.ts";
import { group, idsOf } from "../retry/grouped-posts.ts";
import { eventWith } from "../support/examples.ts";
import { memoryWorld } from "../support/memory-world.ts";
import { dispatchWith, register, stateOf } from "./dispatched.ts";

const hopsIn = ({ headers }: Webhook) => Number(headers["rappel-hops"]);
const REFUSED = { status: 508, headers: { "rappel-hops": "3" }, tookMs: 5 };
const refuseThird = (webhook: Webhook) => (hopsIn(webhook) > 2 ? REFUSED : { status: 200, tookMs: 5 });

async function deliveryOf(world: ReturnType<typeof memoryWorld>, id: string) {
  const { deliveries } = await findEventWithDeliveries(world, "acme", id);
  return deliveries[0]?.delivery;
}

describe("an event that goes round in a loop", () => {
  it("each POST says how many deliveries the event has behind it, this one included", async () => {
    const world = memoryWorld();
    await register(world);
    await dispatchWith(world)([eventWith(), eventWith({ hops: 2 })]);
    expect(world.webhookClient.ledger.map(hopsIn).toSorted()).toEqual([1, 3]);
  });

  it("the delivery ends at the first refusal, is not retried, and does not count as a failure of the endpoint", async () => {
    const world = memoryWorld(refuseThird);
    const endpoint = await register(world);
    const looped = Array.from({ length: 6 }, () => eventWith({ hops: 2 }));
    await dispatchWith(world)(looped);
    expect(await world.deliveries.oldest(endpoint.id, { limit: 10 })).toEqual([]);
    for (const { id } of looped)
      expect(await deliveryOf(world, id)).toMatchObject({
        status: "cancelled",
        reason: "loop",
        attempts: [{ outcome: "loop_detected" }],
      });
    expect(await stateOf(world, endpoint)).toMatchObject({ status: "active", streak: 0 });
    expect((await stateOf(world, endpoint))?.lastLoopAt).toBe(world.clock.now() + 5);
  });

  it("a loop is written to the endpoint's state at most every five minutes", async () => {
    const world = memoryWorld(refuseThird);
    const endpoint = await register(world);
    const first = world.clock.now() + 5;
    await dispatchWith(world)([eventWith({ hops: 2 })]);
    world.clock.move(299_000);
    await dispatchWith(world)([eventWith({ hops: 2 })]);
    expect((await stateOf(world, endpoint))?.lastLoopAt).toBe(first);
    world.clock.move(2_000);
    await dispatchWith(world)([eventWith({ hops: 2 })]);
    expect((await stateOf(world, endpoint))?.lastLoopAt).toBe(first + 301_000);
  });

  it("a 508 without the header is a failure like any other: some hosts send it when they are out of resources", async () => {
    const world = memoryWorld(() => ({ status: 508 }));
    const endpoint = await register(world);
    await dispatchWith(world)([eventWith({ hops: 2 })]);
    expect(await world.deliveries.oldest(endpoint.id, { limit: 10 })).toHaveLength(1);
    expect(await stateOf(world, endpoint)).toMatchObject({ streak: 1 });
  });

  it("a retry that is refused as a loop ends the delivery", async () => {
    let status = 503;
    const world = memoryWorld(() => (status === 503 ? { status } : REFUSED));
    const hook = await addEndpoint(world, {});
    const [event] = await hook.send(1, { hops: 2 });
    status = 508;
    await hook.wake();
    expect(await hook.backlog()).toEqual([]);
    expect(await deliveryOf(world, event?.id ?? "")).toMatchObject({ status: "cancelled", reason: "loop" });
    expect(await hook.state()).toMatchObject({ status: "active", streak: 1 });
    expect((await hook.state()).lastLoopAt).toBe(world.clock.now() + 5);
  });

  it("a probe that is refused as a loop ends the delivery, and the endpoint works again", async () => {
    let isDown = true;
    const world = memoryWorld(() => (isDown ? { status: 500 } : REFUSED));
    const hook = await addEndpoint(world, {});
    await hook.send(5, { hops: 2 });
    expect(await hook.state()).toMatchObject({ status: "failing" });
    isDown = false;
    await hook.wake();
    expect(await hook.state()).toMatchObject({ status: "active", statusReason: { code: "works_again" } });
    for (let rounds = 0; rounds < 5 && (await hook.backlog()).length > 0; rounds++) await hook.wake();
    expect(await hook.backlog()).toEqual([]);
    expect((await hook.state()).lastOkAt).toBeUndefined();
  });

  it("a refused group ends only the events that went round most often; the others are delivered", async () => {
    const arrived: string[] = [];
    const world = memoryWorld((webhook) => {
      const answer = refuseThird(webhook);
      if (answer.status === 200) arrived.push(...idsOf(webhook));
      return answer;
    });
    const hook = await addEndpoint(world, { group, format: "raw" });
    const fresh = await hook.send(3);
    const looped = await hook.send(2, { hops: 2 });
    for (let rounds = 0; rounds < 5 && (await hook.backlog()).length > 0; rounds++) await hook.wake();
    expect(arrived.toSorted()).toEqual(fresh.map(({ id }) => id).toSorted());
    for (const { id } of looped) expect(await deliveryOf(world, id)).toMatchObject({ reason: "loop" });
  });
});
