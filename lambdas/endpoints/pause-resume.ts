import type { Clock } from "../ports/clock.ts";
import type { Endpoints, States, Timer } from "../ports/endpoints.ts";
import { RappelError } from "../shared/errors.ts";
import { endpointNotFound, findEndpoint } from "./find-endpoint.ts";
import type { StateChange } from "./model/conditional-update.ts";
import { type Endpoint, type EndpointState, isSendable } from "./model/endpoint.ts";
import { toDeleted, toPaused, toResumed } from "./model/endpoint-transitions.ts";

interface World {
  readonly clock: Clock;
  readonly endpoints: Endpoints;
  readonly states: States;
  readonly timer: Timer;
}
interface EndpointAndState {
  readonly endpoint: Endpoint;
  readonly state: EndpointState;
}

const TRIES = 5; // ours: each loses only to a change of status at the same moment

/** Sends nothing until it is resumed, or until `until`, epoch ms: all that comes meanwhile waits. */
export function pauseEndpoint(world: World, account: string, id: string, until?: number): Promise<EndpointAndState> {
  return steer(world, account, id, (state) => toPaused(state, world.clock.now(), until));
}

/** What becomes of what waited: all is delivered, all is skipped, or what was accepted before `since`, epoch ms. */
export type BacklogWish = "deliver" | "skip" | { readonly since: number };

/** Ends a pause or a suspension: one probe decides whether the backlog is released. */
export async function resumeEndpoint(
  world: World,
  account: string,
  id: string,
  backlog: BacklogWish = "deliver",
): Promise<EndpointAndState> {
  const found = await findEndpoint(world, account, id);
  const now = world.clock.now();
  if (isSendable(found.state, now) && backlog === "deliver") return found; // it is at work, and needs no probe first
  const skipBefore = backlog === "skip" ? now : backlog === "deliver" ? undefined : Math.min(backlog.since, now);
  return steer(world, account, id, (state) => toResumed(state, world.clock.now(), "resumed by its user", skipBefore));
}

/**
 * Deletes it; what was pending is cancelled by the rounds. Its state first: whoever crashes behind that can be asked
 * again, for the endpoint is still there.
 * @param bequeaths types of which what is pending goes to others instead, where it may wait for callbacks that have left
 */
export async function deleteEndpoint(
  world: World,
  account: string,
  id: string,
  bequeaths: readonly string[] = [],
): Promise<void> {
  const { endpoints, states, clock } = world;
  if ((await endpoints.find(account, id)) === undefined) throw endpointNotFound();
  const state = (await states.read([id])).get(id);
  // Without a state its rounds have done all that was left, but for this.
  if (state !== undefined && state.status !== "deleted")
    await steer(world, account, id, (seen) => toDeleted(seen, clock.now(), bequeaths));
  await endpoints.remove(account, id);
}

/** @throws {RappelError} `ENDPOINT_NOT_FOUND`, `WRITE_CONFLICT` */
async function steer(
  world: World,
  account: string,
  id: string,
  changeOf: (state: EndpointState) => StateChange,
): Promise<EndpointAndState> {
  const { states, timer } = world;
  const { endpoint, state } = await findEndpoint(world, account, id);
  let seen = state;
  for (let tries = 0; tries < TRIES; tries++) {
    // Deleted a moment ago: its backlog is being cancelled, and nothing may call it back.
    if (seen.status === "deleted") throw endpointNotFound();
    const change = changeOf(seen);
    const updated = await states.update(id, change);
    if (updated === undefined) break;
    // Or refused by its own write, whose answer was not heard and which the SDK sent again.
    const isOwn = updated.state.statusSince === change.set?.statusSince && updated.state.status === change.set.status;
    if (updated.isDone || isOwn) {
      const { wakeAt } = updated.state;
      if (wakeAt !== undefined) await timer.set({ endpoint: id, wakeAt }, seen.wakeAt);
      return { endpoint, state: updated.state };
    }
    seen = updated.state;
  }
  throw new RappelError(
    "WRITE_CONFLICT",
    "The endpoint was changed by others at the same moment: read it and try again",
  );
}
