import { describe, expect, it } from "vitest";
import { authenticator } from "../../lambdas/accounts/authenticate.ts";
import { createAccountKey } from "../../lambdas/accounts/manage-keys.ts";
import { SCOPES } from "../../lambdas/accounts/model/key.ts";
import { dispatcher } from "../../lambdas/delivery/dispatch-events.ts";
import { newState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import { retryRoundsRunner } from "../../lambdas/retry/run-retry-round.ts";
import { eventCounter } from "../../lambdas/stats/count-events.ts";
import { countingFinalOutcomes } from "../../lambdas/stats/count-final-outcomes.ts";
import { memoryKeys } from "../memory/keys.ts";
import { endpointWith, eventWith } from "../support/examples.ts";
import { memoryWorld } from "../support/memory-world.ts";

const never = () => new Promise<never>(() => undefined);
const bounce = () =>
  eventWith({
    source: "mailjet",
    type: "bounce",
    payload: Buffer.from(JSON.stringify({ event: "bounce", email: "ada@example.com" })),
  });

/** A world whose account has one endpoint, which responds with `status.now`, and the accounts whose counts were lost. */
async function worldWithEndpoint() {
  const status = { now: 200 };
  const world = memoryWorld(() => ({ status: status.now }));
  const endpoint = endpointWith({ eventTypes: ["*"] });
  await world.endpoints.add(endpoint, newState(endpoint.id, endpoint.account, world.clock.now()));
  const lost: string[] = [];
  world.report.countsLost = (account) => void lost.push(account);
  return { world, status, lost };
}

// One time for all: each of these waits until the time of best-effort calls is over.
describe.concurrent("calls outside the guarantee", () => {
  it.each(["add", "watched", "saveAlert"] as const)(
    "a batch is acknowledged although the counters' call `%s` never ends, and that is reported",
    async (call) => {
      const { world, lost } = await worldWithEndpoint();
      world.stats[call] = never;
      const limited = { ...world, failureRateLimit: { percent: 1, minutes: 15, emails: 1 } };
      const run = dispatcher(world, eventCounter(limited));
      const messages = [{ content: { account: "acme", events: [bounce()] }, receives: 1 }];
      expect(await run(messages, world.clock.now() + 60_000)).toEqual([true]);
      expect(new Set(lost)).toEqual(new Set(["acme"]));
    },
  );

  it("a batch is acknowledged although the alert about the failure rate cannot be queued", async () => {
    const { world, lost } = await worldWithEndpoint();
    const queue = { ...world.queue, send: never };
    const run = dispatcher(
      world,
      eventCounter({ ...world, queue, failureRateLimit: { percent: 1, minutes: 15, emails: 1 } }),
    );
    const messages = [{ content: { account: "acme", events: [bounce()] }, receives: 1 }];
    expect(await run(messages, world.clock.now() + 60_000)).toEqual([true]);
    expect(lost).toEqual(["acme"]);
  });

  it("a retry round is acknowledged although its counters' update never ends, and that is reported", async () => {
    const { world, status, lost } = await worldWithEndpoint();
    status.now = 500;
    const message = { content: { account: "acme", events: [eventWith()] }, receives: 1 };
    await dispatcher(world)([message], world.clock.now() + 60_000);
    status.now = 200;
    world.stats.add = never;
    world.clock.move(60_000);
    const wake = world.wakes.at(-1);
    if (wake === undefined) throw new Error("No wake-up was scheduled");
    const run = countingFinalOutcomes(world, retryRoundsRunner);
    expect(await run([{ content: wake }], world.clock.now() + 60_000)).toEqual([true]);
    expect(lost).toEqual(["acme"]);
  });

  it("a key is accepted although the update of its last use never ends", async () => {
    const world = { ...memoryWorld(), keys: memoryKeys() };
    const { key, secret } = await createAccountKey(world, "acme", { scopes: ["read"] }, { scopes: SCOPES });
    const keys = { ...world.keys, noteUsed: never };
    expect(await authenticator({ ...world, keys })(key.id, secret)).toMatchObject({ account: "acme" });
  });
});
