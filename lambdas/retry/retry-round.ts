import type { DeliveryPorts } from "../delivery/delivery-ports.ts";
import type { StateChange } from "../endpoints/model/conditional-update.ts";
import type { Endpoint } from "../endpoints/model/endpoint.ts";
import type { PolicyRules, Transition } from "../endpoints/model/endpoint-policy.ts";
import type { EndpointState } from "../endpoints/model/endpoint-state.ts";
import { changeFor } from "../endpoints/model/endpoint-transitions.ts";
import { stagesOf } from "../endpoints/model/preset.ts";
import { LIMITS } from "../shared/limits.ts";
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
  readonly announcementsBefore: number;
  /** Where the time was up before all was handed to other endpoints: when to go on with that. */
  moveMoreAt?: number;
  /** When the function is killed. */
  readonly deadlineAt: number;
}

/** Whose backlog the round reads. */
export function ownerOf({ endpoint, state: { skipBefore } }: Round): Owner {
  return { endpoint: endpoint.id, account: endpoint.account, ...(skipBefore !== undefined && { skipBefore }) };
}

/** Whether an attempt that begins now ends, and is settled, before the function does. */
export function hasTime({ endpoint, deadlineAt }: Round, now: number): boolean {
  return now + endpoint.timeoutMs + LIMITS.recordingMs <= deadlineAt;
}

/** Carries out a change of the state, and keeps what it has become. @returns whether its conditions held */
export async function change({ states, clock }: DeliveryPorts, round: Round, what: StateChange): Promise<boolean> {
  // Somebody else has changed the status meanwhile: what this round has found out is no answer to that.
  if (what.onlyIf !== undefined && round.state.version !== round.version) return false;
  const updated = await states.update(round.endpoint.id, what);
  if (updated === undefined) return false;
  round.state = updated.state;
  round.readAt = clock.now();
  if (updated.isDone && what.add?.version !== undefined) round.version = updated.state.version;
  return updated.isDone;
}

/** What the policy goes by for the round's endpoint. */
export function rulesOf({ earlyProbeMs }: DeliveryPorts, { endpoint }: Round): PolicyRules {
  return { schedule: stagesOf(endpoint.retrySchedule), earlyProbeMs };
}

/** Carries out what the policy decided. @param probedTo the event that was probed last */
export async function carryOut(
  ports: DeliveryPorts,
  round: Round,
  transition: Transition,
  probedTo?: string,
): Promise<void> {
  const what = changeFor(round.state, transition, ports.clock.now(), probedTo);
  if (what !== undefined) await change(ports, round, what);
}
