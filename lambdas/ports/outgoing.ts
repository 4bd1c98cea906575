import type { Attempt } from "../delivery/model/attempt.ts";
import type { Webhook } from "../delivery/model/webhook-request.ts";

export interface WebhookClient {
  /** POSTs once. Never throws: every failure is an attempt with an outcome. */
  post(webhook: Webhook, isSuccess: (status: number) => boolean): Promise<Attempt>;
}

export interface Guard {
  /** Why a URL is not allowed, or `undefined`. A name that cannot be resolved now is allowed. */
  refusal(url: string): Promise<string | undefined>;
}

/** Spaces the attempts at an endpoint evenly, across all functions. */
export interface Pacer {
  /**
   * Takes the next of `perSecond` evenly spaced slots.
   * @returns the slot's time, now or later; if none is free within `horizonMs`, when one will be
   */
  slot(endpoint: string, perSecond: number, now: number, horizonMs: number): Promise<Slot>;
}

/** @see Pacer */
interface Slot {
  readonly isTaken: boolean;
  /** Epoch ms. */
  readonly at: number;
}

export interface Allowance {
  /** Takes one of `perMinute`. Returns how long to wait, in seconds, if none is left. */
  take(name: string, perMinute: number, now: number): Promise<number | undefined>;
}
