import { changeStatus, type EndpointAndState, type StatusWorld } from "./change-status.ts";
import { findEndpoint } from "./find-endpoint.ts";
import { isSendable } from "./model/endpoint-state.ts";
import { toPaused, toResumed } from "./model/endpoint-transitions.ts";

/** Sends nothing until it is resumed, or until `until`, epoch ms: all that comes meanwhile waits. */
export function pauseEndpoint(
  world: StatusWorld,
  account: string,
  id: string,
  until?: number,
): Promise<EndpointAndState> {
  return changeStatus(world, account, id, (state) => toPaused(state, world.clock.now(), until));
}

/** What becomes of what waited: all is delivered, all is skipped, or what was accepted before `since`, epoch ms. */
export type BacklogAction = "deliver" | "skip" | { readonly since: number };

/** Ends a pause or a suspension: one probe decides whether the backlog is released. */
export async function resumeEndpoint(
  world: StatusWorld,
  account: string,
  id: string,
  backlog: BacklogAction = "deliver",
): Promise<EndpointAndState> {
  const found = await findEndpoint(world, account, id);
  const now = world.clock.now();
  if (isSendable(found.state, now) && backlog === "deliver") return found; // it is at work, and needs no probe first
  const skipBefore = backlog === "skip" ? now : backlog === "deliver" ? undefined : Math.min(backlog.since, now);
  return changeStatus(world, account, id, (state) =>
    toResumed(state, world.clock.now(), "resumed by its user", skipBefore),
  );
}
