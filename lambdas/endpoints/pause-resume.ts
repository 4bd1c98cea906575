import { changeStatus, type EndpointAndState, type StatusPorts } from "./change-status.ts";
import { findEndpoint } from "./find-endpoint.ts";
import { isSendable } from "./model/endpoint-state.ts";
import { toPaused, toResumed } from "./model/endpoint-state-changes.ts";

/** Sends nothing until the endpoint is resumed, or until `until`, epoch ms. New events join its backlog. */
export function pauseEndpoint(
  ports: StatusPorts,
  account: string,
  id: string,
  until?: number,
): Promise<EndpointAndState> {
  return changeStatus(ports, account, id, (state) => toPaused(state, ports.clock.now(), until));
}

/** What happens to the backlog: deliver it, skip it, or skip the events accepted before `since`, epoch ms. */
export type BacklogAction = "deliver" | "skip" | { readonly since: number };

/**
 * Ends a pause or a suspension. An endpoint that was active before its pause is active again; for any other, one probe decides
 * whether the backlog is delivered.
 */
export async function resumeEndpoint(
  ports: StatusPorts,
  account: string,
  id: string,
  backlog: BacklogAction = "deliver",
): Promise<EndpointAndState> {
  const found = await findEndpoint(ports, account, id);
  const now = ports.clock.now();
  if (isSendable(found.state, now) && backlog === "deliver") return found; // it is in use, and needs no probe
  const skipBefore = backlog === "skip" ? now : backlog === "deliver" ? undefined : Math.min(backlog.since, now);
  return changeStatus(ports, account, id, (state) => toResumed(state, ports.clock.now(), skipBefore));
}
