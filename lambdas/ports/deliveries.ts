import type { EndedDelivery, PendingDelivery } from "../delivery/model/delivery.ts";
import type { Page } from "./page.ts";

export interface Deliveries {
  /** Adds to the endpoint's backlog unless it is there already. */
  park(delivery: PendingDelivery): Promise<void>;
  /** The same for deliveries of events that this caller has just logged: none of them can be there. */
  parkNew(deliveries: readonly PendingDelivery[]): Promise<void>;
  /**
   * Puts the last word on a delivery. The first word stays, unless the delivery was resent after it.
   * @returns the word that stands instead, where there is one
   */
  recordOutcome(delivery: EndedDelivery): Promise<EndedDelivery | undefined>;
  /** Takes deliveries out of their backlogs, where they are there and were not resent meanwhile. */
  unpark(deliveries: readonly Pick<EndedDelivery, "endpoint" | "eventId" | "resentAt">[]): Promise<void>;
  /** The pending ones among these. Strongly consistent. */
  pending(of: readonly DeliveryKey[]): Promise<PendingDelivery[]>;
  /** The ended ones among these. Strongly consistent. */
  ended(of: readonly DeliveryKey[]): Promise<EndedDelivery[]>;
  /** Replaces a pending delivery if it is still as it was seen. */
  revise(delivery: PendingDelivery, seen: PendingDelivery): Promise<void>;
  /** One endpoint's backlog in the order of events, from behind `after` on. Strongly consistent. */
  oldest(endpoint: string, query: { after?: string; limit: number }): Promise<PendingDelivery[]>;
  /** One endpoint's backlog, newest first. */
  backlog(endpoint: string, query: { before?: string; limit: number }): Promise<Page<PendingDelivery>>;
  /** How many wait whose events' ids are above `above` and below `below`, counted up to `max`. Strongly consistent. */
  count(endpoint: string, query: { above?: string; below?: string; max: number }): Promise<number>;
  /** Erases the last words on these. */
  eraseEnded(of: readonly DeliveryKey[]): Promise<void>;
}

export interface DeliveryKey {
  readonly endpoint: string;
  readonly eventId: string;
}
