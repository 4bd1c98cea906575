import { describe, expect, it } from "vitest";
import { dispatcher } from "../../lambdas/delivery/dispatch-events.ts";
import { resumeEndpoint } from "../../lambdas/endpoints/pause-resume.ts";
import { registerOnce } from "../../lambdas/endpoints/register-once.ts";
import { retryRoundRunner } from "../../lambdas/retry/run-retry-round.ts";
import { endpointWith, eventWith } from "../support/examples.ts";
import { memoryWorld } from "../support/memory-world.ts";

const FUNCTION_MS = 60_000;

describe("an endpoint that is registered as paused", () => {
  it.each([undefined, { key: "k", hash: "h" }])(
    "gets nothing until it is resumed, and then everything since its registration (idempotency key: %j)",
    async (idempotency) => {
      const world = memoryWorld();
      const start = { isPaused: true };
      const { endpoint, state } = await registerOnce(world, "acme", endpointWith({}), idempotency, start);
      expect(state).toMatchObject({ status: "paused", statusReason: { code: "registered_paused" } });
      const events = Array.from({ length: 7 }, () => eventWith({ acceptedAt: world.clock.now() }));
      await dispatcher(world)([{ content: { account: "acme", events }, receives: 1 }], world.clock.now() + FUNCTION_MS);
      expect(world.webhookClient.ledger).toEqual([]);
      expect(await world.deliveries.count(endpoint.id, { max: 100 })).toBe(7);
      const resumed = await resumeEndpoint(world, "acme", endpoint.id);
      expect(resumed.state).toMatchObject({ status: "active" });
      const { wakeAt = 0 } = resumed.state;
      world.clock.move(Math.max(0, wakeAt - world.clock.now()));
      await retryRoundRunner(world)({ endpoint: endpoint.id, wakeAt }, world.clock.now() + FUNCTION_MS);
      expect(world.webhookClient.ledger).toHaveLength(7);
      expect((await world.states.read([endpoint.id])).get(endpoint.id)).toMatchObject({ status: "active" });
    },
  );

  it("a repeat of the request does not pause it again", async () => {
    const world = memoryWorld();
    const key = { key: "k", hash: "h" };
    const { endpoint } = await registerOnce(world, "acme", endpointWith({}), key, { isPaused: true });
    await resumeEndpoint(world, "acme", endpoint.id);
    const again = await registerOnce(world, "acme", endpointWith({}), key, { isPaused: true });
    expect(again).toMatchObject({ isReplay: true, state: { status: "active" } });
  });
});
