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

/** Shared by all attempts of a batch. */
export interface Attempting {
  /** When the function times out, epoch ms. */
  readonly deadlineAt: number;
  readonly results: BatchResults;
  readonly fairQueueOf: (account: string) => FairQueue;
}

/** Makes an event's first attempts in parallel: one POST to every endpoint that subscribes to it. */
export async function attemptEvent(
  ports: DeliveryPorts,
  cache: EndpointStateCache,
  event: Event,
  endpoints: readonly Endpoint[],
  attempting: Attempting,
): Promise<readonly Tried[]> {
  const selected = await selectEndpoints(event, endpoints, cache);
  return Promise.all(selected.map((each) => attemptOnce(ports, cache, event, each, attempting)));
}

/** @returns the attempt; none if the delivery joins the backlog untried, or is not sent at all */
async function attemptOnce(
  ports: DeliveryPorts,
  cache: EndpointStateCache,
  event: Event,
  { endpoint, onBehalfOf, hasBackup = false }: SelectedEndpoint,
  { fairQueueOf, results, deadlineAt }: Attempting,
): Promise<Tried> {
  const { clock } = ports;
  const target = { endpoint, ...(onBehalfOf !== undefined && { onBehalfOf }) };
  // If a state cannot be read, this delivery joins the backlog. The event's other deliveries must not fail with it.
  const readState = () => cache.stateOf(endpoint.id).catch(() => undefined);
  if (hasBackup) results.noteBackup(endpoint.id);
  if (endpoint.group !== undefined) {
    // Retry rounds form the groups, unless the delivery will never be sent.
    const state = await readState();
    return { ...target, isNotSent: state !== undefined && isSuspendedTooLong(state, clock.now()) };
  }
  const isInTime = () => clock.now() + endpoint.timeoutMs + LIMITS.recordingMs <= deadlineAt;
  const tried = await fairQueueOf(event.account).run(endpoint.id, isInTime, async () => {
    const state = await readState();
    if (state === undefined) return undefined;
    if (isSuspendedTooLong(state, clock.now())) return { ...target, isNotSent: true };
    if (!isSendable(state, clock.now())) return undefined;
    const slot = waitForRateSlot(ports, endpoint, { horizonMs: LIMITS.firstAttemptSlotMs, isInTime });
    if (!(await slot.catch(() => false))) return undefined;
    if (results.shouldStopSending(endpoint.id, clock.now())) return undefined;
    const attempt = await sendWebhook(ports, endpoint, [event], 0);
    results.addAttempt(endpoint, attempt, event.type); // before the endpoint's next attempt starts: this failure may stop it
    return { ...target, attempt };
  });
  return tried ?? target;
}
