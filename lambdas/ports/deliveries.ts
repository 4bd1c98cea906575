import type { EndedDelivery, EndReason, PendingDelivery } from "../delivery/model/delivery.ts";
import type { CodeFilter, DeliveryGroup } from "../delivery/model/delivery-query.ts";
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
  /** The backlog of an endpoint, newest first: event ids below `before`, and from `after` on. */
  backlog(endpoint: string, query: { before?: string; after?: string; limit: number }): Promise<Page<PendingDelivery>>;
  /** How many deliveries are pending with event ids above `above` and below `below`, counted up to `max`. Strongly consistent. */
  count(endpoint: string, query: { above?: string; below?: string; max: number }): Promise<number>;
  /** How many deliveries are pending, counted up to `max`, and the oldest one's event. Strongly consistent; as many reads as a count. */
  summary(endpoint: string, max: number): Promise<BacklogCount>;
  /** Erases the final outcomes of these deliveries. */
  eraseEnded(of: readonly DeliveryKey[]): Promise<void>;
}

export interface BacklogCount {
  readonly count: number;
  /** Absent if nothing is pending. */
  readonly oldest?: { readonly eventId: string; readonly dueAt: number };
}

export interface DeliveryKey {
  readonly endpoint: string;
  readonly eventId: string;
}

export interface UnsuccessfulQuery {
  readonly groups: readonly DeliveryGroup[];
  readonly endpoint?: string;
  /** A type, or a pattern such as `email.*`. */
  readonly type?: string;
  /** Of the failed ones, only those that ended so. */
  readonly status?: "exhausted" | "cancelled";
  readonly reason?: EndReason;
  readonly code?: CodeFilter;
  /** Only places below this one. */
  readonly before?: string;
  /** Only places from this one on. */
  readonly after?: string;
  readonly order?: "newest first" | "oldest first";
  readonly limit: number;
}

/** Where to find an unsuccessful delivery. */
interface UnsuccessfulDelivery {
  /** The event's id, and the endpoint's if there is one. Places sort by event; the last one of a page is its `next`. */
  readonly place: string;
  readonly eventId: string;
  /** Absent: the event's log item has deliveries that ended without being pending. */
  readonly endpoint?: string;
}

/**
 * Finds the deliveries of an account that did not succeed. From an index: recent changes may be missing, so a caller reads
 * each delivery itself.
 */
export interface UnsuccessfulDeliveries {
  list(account: string, query: UnsuccessfulQuery): Promise<Page<UnsuccessfulDelivery>>;
}
