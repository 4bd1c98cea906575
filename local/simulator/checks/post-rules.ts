import { isOutcomeOf } from "../../../lambdas/delivery/model/delivery.ts";
import type { Webhook } from "../../../lambdas/delivery/model/webhook-request.ts";
import type { Environment, Machine } from "../function.ts";
import { idsIn } from "../receivers.ts";
import { nameOf, type Seen } from "./observed-state.ts";

// 5 s that a state is trusted, and what clocks and calls may add.
const OBEYED_MS = 5_000;
export const SKEW_MS = 7_000;
const SLOW_MS = 61_000;
const SLOT_MS = 11_000; // two slots, each at most 5 s ahead
const RATE_WINDOW_MS = 60_000;

/** Judges POSTs at the moment that each begins: whether it may be sent there, these bytes, and now. */
export class PostRules {
  readonly #machine: Machine;
  readonly #seen: Seen;
  readonly #violated: (what: string) => void;
  readonly #bytes = new Map<string, string>();
  readonly #begunAt = new Map<string, number[]>();

  constructor(machine: Machine, seen: Seen, violated: (what: string) => void) {
    this.#machine = machine;
    this.#seen = seen;
    this.#violated = violated;
  }

  begun(webhook: Webhook, endpointId: string, environment: Environment): void {
    const { group, rateLimit } = this.#seen.endpoints.get(endpointId) ?? {};
    const eventIds = idsIn(webhook);
    if (eventIds.length > (group?.maxEvents ?? 1))
      this.#violated(`${endpointId} was sent ${eventIds.length} events at once`);
    if (rateLimit !== undefined) this.#checkRate(endpointId, rateLimit);
    if (group === undefined) this.#checkBytes(webhook, endpointId);
    for (const eventId of eventIds) this.#begun(eventId, endpointId, environment);
  }

  #checkBytes(webhook: Webhook, endpointId: string): void {
    const delivery = nameOf(endpointId, webhook.headers["webhook-id"] ?? "");
    const body = Buffer.from(webhook.body).toString("latin1");
    if ((this.#bytes.get(delivery) ?? body) !== body) this.#violated(`${delivery} was sent with other bytes`);
    this.#bytes.set(delivery, body);
  }

  #begun(eventId: string, endpointId: string, { invocation, name }: Environment): void {
    const { time, chance } = this.#machine;
    const [endpoint, state] = [this.#seen.endpoints.get(endpointId), this.#seen.states.get(endpointId)];
    const event = this.#seen.events.get(nameOf(endpoint?.account ?? "", eventId));
    const delivery = nameOf(endpointId, eventId);
    if (event === undefined) this.#violated(`${eventId} was sent to ${endpointId}, another account's`);
    if (event?.about === endpointId && !this.#seen.resent.has(delivery))
      this.#violated(`${endpointId} was told of itself: ${eventId}`);
    // An attempt that waits for its slot of a limited rate has read the state before.
    const slotMs = endpoint?.rateLimit === undefined ? 0 : SLOT_MS;
    const slackMs = OBEYED_MS + slotMs + SKEW_MS + (chance.on.has("a call is slow") ? SLOW_MS : 0);
    const heldSince = this.#seen.heldSince.get(endpointId);
    if (heldSince !== undefined && time.now > heldSince + slackMs)
      this.#violated(`${delivery} was sent ${(time.now - heldSince) / 1000} s after its endpoint was ${state?.status}`);
    const { notBefore = 0 } = state ?? {};
    const since = this.#seen.notBeforeSince.get(endpointId) ?? 0;
    if (time.now + SKEW_MS < notBefore && time.now > since + slackMs)
      this.#violated(`${delivery} was sent ${(notBefore - time.now) / 1000} s before the endpoint's time`);
    if (!name.startsWith("wake")) return;
    const { probeAt = 0, earlyProbeAt = Number.POSITIVE_INFINITY } = state ?? {};
    const probeSince = this.#seen.probeAtSince.get(endpointId) ?? 0;
    if (
      state?.status === "failing" &&
      time.now + SKEW_MS < Math.min(probeAt, earlyProbeAt) &&
      time.now > probeSince + slackMs
    )
      this.#violated(
        `${delivery} was sent ${(Math.min(probeAt, earlyProbeAt) - time.now) / 1000} s before the next probe`,
      );
    const pending = this.#seen.pending.get(delivery);
    const ended = this.#seen.ended.get(delivery);
    const isOver = ended !== undefined && (pending === undefined || isOutcomeOf(ended.ended, pending));
    if (isOver && ended.at < invocation.startedAt)
      this.#violated(`${delivery} was sent again after its last word, "${ended.ended.status}"`);
    const { dueAt = 0 } = pending ?? {};
    if (state?.status === "active" && time.now + SKEW_MS < dueAt)
      this.#violated(`${delivery} was sent ${(dueAt - time.now) / 1000} s before its time`);
  }

  /** Attempts are evenly spaced by clocks that differ, and may be late by as much as calls are slow. */
  #checkRate(endpoint: string, perSecond: number): void {
    const { time, chance } = this.#machine;
    if (chance.on.has("a call is slow")) return;
    const begun = (this.#begunAt.get(endpoint) ?? []).filter((at) => at > time.now - RATE_WINDOW_MS);
    begun.push(time.now);
    this.#begunAt.set(endpoint, begun);
    const most = (perSecond * (RATE_WINDOW_MS + 2 * SKEW_MS)) / 1_000 + 1;
    if (begun.length > most)
      this.#violated(`${endpoint} got ${begun.length} attempts in ${RATE_WINDOW_MS / 1000} s at ${perSecond} a second`);
  }
}
