import type { Attempt } from "../delivery/model/attempt.ts";
import type { Webhook } from "../delivery/model/webhook-request.ts";

export interface WebhookClient {
  /** POSTs once. Whatever the receiver does is an answer; it never throws. */
  post(webhook: Webhook, isSuccess: (status: number) => boolean): Promise<Attempt>;
}

export interface Guard {
  /** Why nothing may be sent there, or `undefined`. A name that cannot be resolved now is not refused. */
  refusal(url: string): Promise<string | undefined>;
}

/** Spaces the attempts at an endpoint evenly, whichever function makes them. */
export interface Pacer {
  /**
   * Takes the next slot of `perSecond` evenly spaced ones.
   * @returns its time, now or later; where none is left within `horizonMs`, when there will be one to take
   */
  slot(endpoint: string, perSecond: number, now: number, horizonMs: number): Promise<Slot>;
}

/** @see Pacer */
export interface Slot {
  readonly isTaken: boolean;
  /** Epoch ms. */
  readonly at: number;
}

export interface Allowance {
  /** Takes one of `perMinute`; how long to wait in seconds where none is left. */
  take(name: string, perMinute: number, now: number): Promise<number | undefined>;
}
