import type { EndedDelivery, PendingDelivery } from "../delivery/model/delivery.ts";
import type { Page } from "./page.ts";

export interface Deliveries {
  /** Adds a delivery to its endpoint's backlog, unless it is already there. */
  addToBacklog(delivery: PendingDelivery): Promise<void>;
  /** The same for deliveries of events that the caller has just logged: none of them can be there. */
  addNewToBacklog(deliveries: readonly PendingDelivery[]): Promise<void>;
  /**
   * Records the final outcome of a delivery. An earlier outcome stays, unless the delivery was resent after it.
   * @returns the earlier outcome, if it stays
   */
  recordOutcome(delivery: EndedDelivery): Promise<EndedDelivery | undefined>;
  /** Removes deliveries from their backlogs, unless they were resent since. */
  removeFromBacklog(deliveries: readonly Pick<EndedDelivery, "endpoint" | "eventId" | "resentAt">[]): Promise<void>;
  /** The pending deliveries among these. Strongly consistent. */
  pending(of: readonly DeliveryKey[]): Promise<PendingDelivery[]>;
  /** The ended deliveries among these. Strongly consistent. */
  ended(of: readonly DeliveryKey[]): Promise<EndedDelivery[]>;
  /** Replaces a pending delivery, if it is still as it was read. */
  revise(delivery: PendingDelivery, seen: PendingDelivery): Promise<void>;
  /** The backlog of an endpoint, oldest first, after `after`. Strongly consistent. */
  oldest(endpoint: string, query: { after?: string; limit: number }): Promise<PendingDelivery[]>;
  /** The backlog of an endpoint, newest first. */
  backlog(endpoint: string, query: { before?: string; limit: number }): Promise<Page<PendingDelivery>>;
  /** How many deliveries are pending with event ids above `above` and below `below`, counted up to `max`. Strongly consistent. */
  count(endpoint: string, query: { above?: string; below?: string; max: number }): Promise<number>;
  /** Erases the final outcomes of these deliveries. */
  eraseEnded(of: readonly DeliveryKey[]): Promise<void>;
}

export interface DeliveryKey {
  readonly endpoint: string;
  readonly eventId: string;
}
