import type { DeliveringWorld } from "../delivery/delivery-ports.ts";
import type { StateChange } from "../endpoints/model/conditional-update.ts";
import type { Endpoint } from "../endpoints/model/endpoint.ts";
import type { EndpointState } from "../endpoints/model/endpoint-state.ts";
import type { Owner } from "./read-backlog.ts";

/** One look at an endpoint's backlog, and the lease that it holds. */
export interface Round {
  readonly id: string;
  readonly endpoint: Endpoint;
  /** As it was read last, with the round's own changes. */
  state: EndpointState;
  readAt: number;
  /** The version that this round has seen or made: any other is somebody else's doing, and not for it to close over. */
  version: number;
  /** How many announcements there were when it began: later ones are its own, or an operator's. */
  readonly announcedBefore: number;
  /** Where the time was up before all was handed to other endpoints: when to go on with that. */
  handsOnAt?: number;
  /** When the function is killed. */
  readonly deadlineAt: number;
}

/** Whose backlog the round reads. */
export function ownerOf({ endpoint, state: { skipBefore } }: Round): Owner {
  return { endpoint: endpoint.id, account: endpoint.account, ...(skipBefore !== undefined && { skipBefore }) };
}

// What is left of a function's time once its last POST has ended: room to settle and close.
const SETTLE_MS = 5_000;

/** Whether an attempt that begins now ends, and is settled, before the function does. */
export function hasTime({ endpoint, deadlineAt }: Round, now: number): boolean {
  return now + endpoint.timeoutMs + SETTLE_MS <= deadlineAt;
}

/** Carries out a change of the state, and keeps what it has become. @returns whether its conditions held */
export async function change({ states, clock }: DeliveringWorld, round: Round, what: StateChange): Promise<boolean> {
  // Somebody else has changed the status meanwhile: what this round has found out is no answer to that.
  if (what.onlyIf !== undefined && round.state.version !== round.version) return false;
  const updated = await states.update(round.endpoint.id, what);
  if (updated === undefined) return false;
  round.state = updated.state;
  round.readAt = clock.now();
  if (updated.isDone && what.add?.version !== undefined) round.version = updated.state.version;
  return updated.isDone;
}
