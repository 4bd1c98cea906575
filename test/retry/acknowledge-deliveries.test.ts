import { expect, it } from "vitest";
import { dispatcher } from "../../lambdas/delivery/dispatch-events.ts";
import { pauseEndpoint, resumeEndpoint } from "../../lambdas/endpoints/pause-resume.ts";
import { findEventWithDeliveries } from "../../lambdas/events/read-events.ts";
import { acknowledger } from "../../lambdas/retry/acknowledge-deliveries.ts";
import { newId } from "../../lambdas/shared/ids.ts";
import { eventWith } from "../support/examples.ts";
import { memoryWorld } from "../support/memory-world.ts";
import { addEndpoint } from "./add-endpoint.ts";

/** A paused endpoint with pending deliveries. */
async function paused(count: number) {
  const world = memoryWorld();
  const { endpoint } = await addEndpoint(world, { account: "acme" });
  await pauseEndpoint(world, "acme", endpoint.id);
  const events = Array.from({ length: count }, (_, n) =>
    eventWith({ account: "acme", id: newId("evt", world.clock.now() + n, () => 0.5) }),
  );
  const message = { content: { account: "acme", events }, receives: 1 };
  await dispatcher(world)([message], world.clock.now() + 60_000);
  return { world, endpoint, ids: events.map(({ id }) => id), acknowledge: acknowledger(world) };
}

it("acknowledged deliveries end as delivered without a POST, and the others stay pending", async () => {
  const { world, endpoint, ids, acknowledge } = await paused(3);
  const [first = "", second = "", third = ""] = ids;
  expect(await acknowledge("acme", endpoint.id, [first, second, first])).toEqual([first, second]);
  const statusOf = async (id: string) =>
    (await findEventWithDeliveries(world, "acme", id)).deliveries.map(({ delivery }) => [
      delivery.status,
      delivery.attempts.length,
    ]);
  expect([await statusOf(first), await statusOf(third)]).toEqual([[["delivered", 0]], [["pending", 0]]]);
  expect(await acknowledge("acme", endpoint.id, [first, third])).toEqual([third]);
  expect(world.webhookClient.ledger).toEqual([]);
  await resumeEndpoint(world, "acme", endpoint.id);
  expect(await world.deliveries.oldest(endpoint.id, { limit: 10 })).toEqual([]);
});

it("nothing of another account is acknowledged", async () => {
  const { endpoint, ids, acknowledge } = await paused(1);
  await expect(acknowledge("globex", endpoint.id, ids)).rejects.toMatchObject({ code: "ENDPOINT_NOT_FOUND" });
});
