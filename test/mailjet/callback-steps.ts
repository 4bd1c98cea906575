import { expect } from "vitest";
import { dispatcher } from "../../lambdas/delivery/dispatch-events.ts";
import { toSuspended } from "../../lambdas/endpoints/model/endpoint-state-changes.ts";
import { managedFieldsOf } from "../../lambdas/endpoints/model/managed-fields.ts";
import { changeCallback, deleteCallback, registerCallback } from "../../lambdas/mailjet/change-callbacks.ts";
import type { CallbackSpec } from "../../lambdas/mailjet/model/callback.ts";
import { managedFieldsByEndpoint } from "../../lambdas/mailjet/model/endpoint-of-callbacks.ts";
import { retryRoundsRunner } from "../../lambdas/retry/run-retry-round.ts";
import { eventWith } from "../support/examples.ts";
import { type MemoryWorld, memoryWorld } from "../support/memory-world.ts";

export const ACCOUNT = "acme";
export const A = "https://a.example/";
export const B = "https://b.example/";
export const MINUTE_MS = 60_000;
export const specOf = (
  eventType: CallbackSpec["eventType"],
  url = A,
  more: Partial<CallbackSpec> = {},
): CallbackSpec => ({
  eventType,
  url,
  version: 1,
  isBackup: false,
  ...more,
});
export const register = (world: MemoryWorld, ...[eventType, url, more]: Parameters<typeof specOf>) =>
  registerCallback(world, ACCOUNT, specOf(eventType, url, more), 7);
export const move = (world: MemoryWorld, id: number, url: string) =>
  changeCallback(world, ACCOUNT, id, ({ eventType, version, isBackup }) => ({ eventType, version, isBackup, url }));
export const endpointsOf = (world: MemoryWorld) => world.endpoints.list(ACCOUNT);
export const targetsOf = async (world: MemoryWorld) =>
  (await endpointsOf(world)).map(({ url, eventTypes }) => [url, ...eventTypes].join(" ")).sort();
/** Dispatches an event. It joins the backlog if its URL fails. */
export async function send(world: MemoryWorld, type: string) {
  const event = eventWith({ account: ACCOUNT, type, source: "mailjet", acceptedAt: world.clock.now() });
  await dispatcher(world)(
    [{ content: { account: ACCOUNT, events: [event] }, receives: 1 }],
    world.clock.now() + MINUTE_MS,
  );
  return event.id;
}
/** Runs the due retry rounds of these endpoints for ten seconds. */
export async function runRounds(world: MemoryWorld, ids: readonly string[]): Promise<void> {
  const runRound = retryRoundsRunner(world);
  for (let seconds = 0; seconds < 10; seconds++) {
    for (const { endpoint, wakeAt } of (await world.states.read(ids)).values())
      if (wakeAt !== undefined && wakeAt <= world.clock.now())
        await runRound([{ content: { endpoint, wakeAt } }], world.clock.now() + MINUTE_MS);
    world.clock.move(1_000);
  }
}
export const suspend = async (world: MemoryWorld, id: string) => {
  const state = (await world.states.read([id])).get(id);
  if (state !== undefined) await world.states.update(id, toSuspended(state, world.clock.now(), { code: "gone" }));
};

/** Expects that the endpoints match the callback set, so that no step is left to do. */
export async function expectSettled(world: MemoryWorld): Promise<void> {
  const parts = managedFieldsByEndpoint(await world.callbacks.read(ACCOUNT));
  const present = await endpointsOf(world);
  expect(new Map(present.map((endpoint) => [endpoint.id, managedFieldsOf(endpoint)]))).toEqual(parts);
  const states = await world.states.read([...parts.keys()]);
  expect([...states.values()].map(({ status }) => status)).toEqual(
    [...parts].map(() => expect.not.stringMatching("deleted")),
  );
}

/** A world whose receivers fail until `works` is set, and what they got. */
export function unreliableWorld() {
  const receivers = { works: false, got: [] as string[] };
  const world = memoryWorld(({ url, headers }) => {
    if (!receivers.works) return { status: 500, tookMs: 0 };
    receivers.got.push(`${url} ${headers["webhook-id"]}`);
    return { status: 200, tookMs: 0 };
  });
  return { world, receivers };
}
export const remove = (world: MemoryWorld, eventType: "open" | "click", isBackup = false) =>
  deleteCallback(world, ACCOUNT, { eventType, isBackup });
/** How the delivery of an event to an endpoint ended, or `pending`, or `none`. */
export const outcomeOf = async (world: MemoryWorld, endpoint: string, eventId: string) => {
  const [ended] = await world.deliveries.ended([{ endpoint, eventId }]);
  const [pending] = await world.deliveries.pending([{ endpoint, eventId }]);
  return ended?.reason ?? ended?.status ?? (pending === undefined ? "none" : "pending");
};
