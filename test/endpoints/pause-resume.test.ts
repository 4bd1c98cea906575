import { describe, expect, it } from "vitest";
import { pauseEndpoint, resumeEndpoint } from "../../lambdas/endpoints/pause-resume.ts";
import { addEndpoint } from "../retry/add-endpoint.ts";
import { memoryWorld } from "../support/memory-world.ts";

async function endpointWhose(receiver: { status: number }) {
  const world = memoryWorld(() => ({ status: receiver.status, tookMs: 0 }));
  return { world, hook: await addEndpoint(world) };
}
const sentOf = ({ webhookClient }: ReturnType<typeof memoryWorld>) =>
  webhookClient.ledger.map(({ headers }) => headers["webhook-id"]);

describe("an endpoint that worked before its pause", () => {
  it.each([
    ["is resumed", undefined, "resumed_by_user"],
    ["whose pause ends", 60_000, "pause_ended"],
  ])("is active again, without a probe, when it %s", async (_, pauseMs, reason) => {
    const { world, hook } = await endpointWhose({ status: 200 });
    await pauseEndpoint(world, "acme", hook.endpoint.id, pauseMs && world.clock.now() + pauseMs);
    const waiting: (string | undefined)[] = [];
    for (let n = 0; n < 5; n++) {
      waiting.push((await hook.send())[0]?.id);
      world.clock.move(1_000);
    }
    if (pauseMs === undefined) {
      const { state } = await resumeEndpoint(world, "acme", hook.endpoint.id);
      expect(state).toMatchObject({ status: "active", statusReason: { code: reason } });
    }
    await hook.wake();
    expect(sentOf(world)).toEqual(waiting);
    expect(await hook.state()).toMatchObject({ status: "active", statusReason: { code: reason } });
    expect(await hook.state()).not.toHaveProperty("wasActive");
    expect(hook.published().map(({ type }) => type)).toEqual(["rappel.endpoint.resumed"]);
  });

  it("becomes failing after five failures, if its receiver is down by now", async () => {
    const receiver = { status: 200 };
    const { world, hook } = await endpointWhose(receiver);
    await pauseEndpoint(world, "acme", hook.endpoint.id);
    for (let n = 0; n < 8; n++) await hook.send();
    receiver.status = 500;
    await resumeEndpoint(world, "acme", hook.endpoint.id);
    await hook.wake();
    expect(await hook.state()).toMatchObject({ status: "failing", statusReason: { code: "attempts_failed" } });
    expect(await hook.backlog()).toHaveLength(8);
  });

  it("skips its backlog without being called failing", async () => {
    const { world, hook } = await endpointWhose({ status: 200 });
    const { state } = await resumeEndpoint(world, "acme", hook.endpoint.id, "skip");
    expect(state.status).toBe("active");
  });
});

describe("an endpoint that failed before its pause", () => {
  it("is probed when it is resumed, also after it was paused twice", async () => {
    const { world, hook } = await endpointWhose({ status: 500 });
    for (let n = 0; n < 5; n++) await hook.send();
    expect((await hook.state()).status).toBe("failing");
    for (let n = 0; n < 2; n++) await pauseEndpoint(world, "acme", hook.endpoint.id);
    const { state } = await resumeEndpoint(world, "acme", hook.endpoint.id);
    expect(state.status).toBe("failing");
  });
});

it("pausing again and again does not put off the daily check for deliveries that expire", async () => {
  const { world, hook } = await endpointWhose({ status: 200 });
  const { expiryCheckedAt } = await hook.state();
  for (let hours = 0; hours < 23; hours += 5) {
    await pauseEndpoint(world, "acme", hook.endpoint.id);
    expect((await hook.state()).wakeAt).toBe(Math.ceil((expiryCheckedAt + 86_400_000) / 1_000) * 1_000);
    world.clock.move(5 * 3_600_000);
  }
});
