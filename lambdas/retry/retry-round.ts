import type { DeliveryPorts } from "../delivery/delivery-ports.ts";
import type { StateChange } from "../endpoints/model/conditional-update.ts";
import type { Endpoint } from "../endpoints/model/endpoint.ts";
import type { PolicyRules, Transition } from "../endpoints/model/endpoint-policy.ts";
import type { EndpointState } from "../endpoints/model/endpoint-state.ts";
import { changeFor } from "../endpoints/model/endpoint-state-changes.ts";
import { stagesOf } from "../endpoints/model/preset.ts";
import { LIMITS } from "../shared/limits.ts";
import { waitsIn } from "./model/retry-schedule.ts";
import type { Owner } from "./read-backlog.ts";

export const NEXT_ROUND_MS = 1_000; // ours: wake-ups have whole seconds

/** A running retry round of an endpoint, with its lease. */
export interface Round {
  readonly id: string;
  readonly endpoint: Endpoint;
  /** As last read, with the round's own changes. */
  state: EndpointState;
  readAt: number;
  /** The version that this round has read or written. Any other version is another function's change. */
  version: number;
  /** The number of announcements when the round began: later ones are its own, or a user's. */
  readonly announcementsBefore: number;
  /** If there was not enough time to move all deliveries to other endpoints: when to continue. */
  moveMoreAt?: number;
  /** When the function times out, epoch ms. */
  readonly deadlineAt: number;
}

/** The owner of the backlog that the round reads. */
export function ownerOf({ endpoint, state: { skipBefore } }: Round): Owner {
  return {
    endpoint: endpoint.id,
    account: endpoint.account,
    isTriedOnce: waitsIn(stagesOf(endpoint.retrySchedule)) === 0,
    ...(skipBefore !== undefined && { skipBefore }),
  };
}

/** Whether an attempt that starts now ends and is recorded before the function times out. */
export function hasTime({ endpoint, deadlineAt }: Round, now: number): boolean {
  return now + endpoint.timeoutMs + LIMITS.recordingMs <= deadlineAt;
}

/** Applies a change to the endpoint's state and updates the round. @returns whether the conditions held */
export async function change({ states, clock }: DeliveryPorts, round: Round, what: StateChange): Promise<boolean> {
  // Another function has changed the status: this round's results do not apply to the new one.
  if (what.onlyIf !== undefined && round.state.version !== round.version) return false;
  const updated = await states.update(round.endpoint.id, what);
  if (updated === undefined) return false;
  round.state = updated.state;
  round.readAt = clock.now();
  if (updated.isDone && what.add?.version !== undefined) round.version = updated.state.version;
  return updated.isDone;
}

/** The policy's rules for the round's endpoint. */
export function rulesOf({ earlyProbeMs }: DeliveryPorts, { endpoint }: Round): PolicyRules {
  return { schedule: stagesOf(endpoint.retrySchedule), earlyProbeMs };
}

/** Carries out the policy's decision. @param probedTo the event that was probed last */
export async function carryOut(
  ports: DeliveryPorts,
  round: Round,
  transition: Transition,
  probedTo?: string,
): Promise<void> {
  const what = changeFor(round.state, transition, ports.clock.now(), probedTo);
  if (what !== undefined) await change(ports, round, what);
}
