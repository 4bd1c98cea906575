import { isOutcomeOf } from "../../../lambdas/delivery/model/delivery.ts";
import type { Webhook } from "../../../lambdas/delivery/model/webhook-request.ts";
import type { Environment, Machine } from "../function.ts";
import { idsIn } from "../receivers.ts";
import { keyOf, type ObservedState } from "./observed-state.ts";

// Dispatch caches a state for 5 s; clocks and calls may add the others.
const CACHED_MS = 5_000;
export const SKEW_MS = 7_000;
const SLOW_MS = 61_000;
const SLOT_MS = 11_000; // two slots, each at most 5 s ahead
const RATE_WINDOW_MS = 60_000;

/** Checks each POST when it starts: the endpoint, the bytes and the time must be allowed. */
export class PostRules {
  readonly #machine: Machine;
  readonly #observed: ObservedState;
  readonly #violated: (violation: string) => void;
  readonly #bytes = new Map<string, string>();
  readonly #startedAt = new Map<string, number[]>();

  constructor(machine: Machine, observed: ObservedState, violated: (violation: string) => void) {
    this.#machine = machine;
    this.#observed = observed;
    this.#violated = violated;
  }

  postStarted(webhook: Webhook, endpointId: string, environment: Environment): void {
    const { group, rateLimit } = this.#observed.endpoints.get(endpointId) ?? {};
    const eventIds = idsIn(webhook);
    if (eventIds.length > (group?.maxEvents ?? 1))
      this.#violated(`${endpointId} was sent ${eventIds.length} events in one POST`);
    if (rateLimit !== undefined) this.#checkRate(endpointId, rateLimit);
    if (group === undefined) this.#checkBytes(webhook, endpointId);
    for (const eventId of eventIds) this.#checkEvent(eventId, endpointId, environment);
  }

  #checkBytes(webhook: Webhook, endpointId: string): void {
    const delivery = keyOf(endpointId, webhook.headers["webhook-id"] ?? "");
    const body = Buffer.from(webhook.body).toString("latin1");
    if ((this.#bytes.get(delivery) ?? body) !== body) this.#violated(`${delivery} was sent with different bytes`);
    this.#bytes.set(delivery, body);
  }

  #checkEvent(eventId: string, endpointId: string, { invocation, name }: Environment): void {
    const { time, random } = this.#machine;
    const [endpoint, state] = [this.#observed.endpoints.get(endpointId), this.#observed.states.get(endpointId)];
    const event = this.#observed.events.get(keyOf(endpoint?.account ?? "", eventId));
    const delivery = keyOf(endpointId, eventId);
    if (event === undefined) this.#violated(`${eventId} was sent to ${endpointId}, which belongs to another account`);
    if (event?.about === endpointId && !this.#observed.resent.has(delivery))
      this.#violated(`${endpointId} was sent ${eventId}, which is about itself`);
    // An attempt that waits for a rate slot read the state before the wait.
    const slotMs = endpoint?.rateLimit === undefined ? 0 : SLOT_MS;
    const slackMs = CACHED_MS + slotMs + SKEW_MS + (random.enabledFaults.has("a call is slow") ? SLOW_MS : 0);
    const onHoldSince = this.#observed.onHoldSince.get(endpointId);
    if (onHoldSince !== undefined && time.now > onHoldSince + slackMs)
      this.#violated(
        `${delivery} was sent ${(time.now - onHoldSince) / 1000} s after its endpoint was ${state?.status}`,
      );
    const { notBefore = 0 } = state ?? {};
    const since = this.#observed.notBeforeSince.get(endpointId) ?? 0;
    if (time.now + SKEW_MS < notBefore && time.now > since + slackMs)
      this.#violated(`${delivery} was sent ${(notBefore - time.now) / 1000} s before the endpoint's notBefore`);
    if (!name.startsWith("wake")) return;
    const { probeAt = 0, earlyProbeAt = Number.POSITIVE_INFINITY } = state ?? {};
    const probeSince = this.#observed.probeAtSince.get(endpointId) ?? 0;
    if (
      state?.status === "failing" &&
      time.now + SKEW_MS < Math.min(probeAt, earlyProbeAt) &&
      time.now > probeSince + slackMs
    )
      this.#violated(
        `${delivery} was sent ${(Math.min(probeAt, earlyProbeAt) - time.now) / 1000} s before the next probe`,
      );
    const pending = this.#observed.pending.get(delivery);
    const ended = this.#observed.ended.get(delivery);
    const isOver = ended !== undefined && (pending === undefined || isOutcomeOf(ended.ended, pending));
    if (isOver && ended.at < invocation.startedAt)
      this.#violated(`${delivery} was sent again after its final outcome, "${ended.ended.status}"`);
    const { dueAt = 0 } = pending ?? {};
    if (state?.status === "active" && time.now + SKEW_MS < dueAt)
      this.#violated(`${delivery} was sent ${(dueAt - time.now) / 1000} s before it was due`);
  }

  /** Clocks that differ may move attempts closer together. Slow calls delay them without a limit: then nothing is checked. */
  #checkRate(endpoint: string, perSecond: number): void {
    const { time, random } = this.#machine;
    if (random.enabledFaults.has("a call is slow")) return;
    const started = (this.#startedAt.get(endpoint) ?? []).filter((at) => at > time.now - RATE_WINDOW_MS);
    started.push(time.now);
    this.#startedAt.set(endpoint, started);
    const most = (perSecond * (RATE_WINDOW_MS + 2 * SKEW_MS)) / 1_000 + 1;
    if (started.length > most)
      this.#violated(
        `${endpoint} got ${started.length} attempts in ${RATE_WINDOW_MS / 1000} s at ${perSecond} a second`,
      );
  }
}
