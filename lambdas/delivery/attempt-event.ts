import type { Endpoint } from "../endpoints/model/endpoint.ts";
import { isSendable, isSuspendedTooLong } from "../endpoints/model/endpoint-state.ts";
import type { Event } from "../events/model/event.ts";
import { LIMITS } from "../shared/limits.ts";
import type { BatchResults } from "./batch-results.ts";
import type { DeliveryPorts } from "./delivery-ports.ts";
import type { EndpointStateCache } from "./endpoint-state-cache.ts";
import type { FairQueue } from "./fair-queue.ts";
import type { Tried } from "./model/first-attempt.ts";
import { type SelectedEndpoint, selectEndpoints } from "./select-endpoints.ts";
import { sendWebhook } from "./send-webhook.ts";
import { waitForRateSlot } from "./wait-for-rate-slot.ts";

/** What a batch's attempts share. */
export interface Attempting {
  /** When the function is killed, epoch ms. */
  readonly deadlineAt: number;
  readonly results: BatchResults;
  readonly fairQueue: FairQueue;
}

// How long a first attempt waits for a rate slot; beyond that it joins the backlog. Ours.
const SLOT_HORIZON_MS = 1_000;

/** Makes an event's first attempts: one POST to every endpoint that wants it, all side by side. */
export async function attemptEvent(
  ports: DeliveryPorts,
  cache: EndpointStateCache,
  event: Event,
  endpoints: readonly Endpoint[],
  attempting: Attempting,
): Promise<readonly Tried[]> {
  const selected = await selectEndpoints(event, endpoints, cache);
  return Promise.all(selected.map((one) => attemptOnce(ports, cache, event, one, attempting)));
}

/** @returns the attempt; or none, where the delivery must wait in the backlog or is not sent at all */
async function attemptOnce(
  ports: DeliveryPorts,
  cache: EndpointStateCache,
  event: Event,
  { endpoint, onBehalfOf, hasBackup = false }: SelectedEndpoint,
  { fairQueue, results, deadlineAt }: Attempting,
): Promise<Tried> {
  const { clock } = ports;
  const target = { endpoint, ...(onBehalfOf !== undefined && { onBehalfOf }) };
  // A state that cannot be read must not undo what the event's other endpoints got: this one's delivery waits.
  const readState = () => cache.stateOf(endpoint.id).catch(() => undefined);
  if (hasBackup) results.noteBackup(endpoint.id);
  if (endpoint.group !== undefined) {
    // Its retry rounds form the groups, unless nothing will ever be sent there.
    const state = await readState();
    return { ...target, isNotSent: state !== undefined && isSuspendedTooLong(state, clock.now()) };
  }
  const isInTime = () => clock.now() + endpoint.timeoutMs + LIMITS.recordingMs <= deadlineAt;
  const tried = await fairQueue.run(endpoint.id, isInTime, async () => {
    const state = await readState();
    if (state === undefined) return undefined;
    if (isSuspendedTooLong(state, clock.now())) return { ...target, isNotSent: true };
    if (!isSendable(state, clock.now())) return undefined;
    const slot = waitForRateSlot(ports, endpoint, { horizonMs: SLOT_HORIZON_MS, isInTime });
    if (!(await slot.catch(() => false))) return undefined;
    if (results.hasSeenEnough(endpoint.id, clock.now())) return undefined;
    const attempt = await sendWebhook(ports, endpoint, [event], 0);
    results.addAttempt(endpoint, attempt); // before the next of this endpoint begins: this may be the failure that stops it
    return { ...target, attempt };
  });
  return tried ?? target;
}
