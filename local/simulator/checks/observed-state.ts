import type { EndedDelivery, LoggedEvent, PendingDelivery } from "../../../lambdas/delivery/model/delivery.ts";
import type { Endpoint } from "../../../lambdas/endpoints/model/endpoint.ts";
import type { EndpointState } from "../../../lambdas/endpoints/model/endpoint-state.ts";
import type { Event } from "../../../lambdas/events/model/event.ts";
import type { Invocation } from "../function.ts";

/** A delivery's or an event's name, by whose it is. */
export const nameOf = (owner: string, eventId: string) => `${owner}/${eventId}`;
export const wishOf = (eventId: string, at: number) => `${eventId}@${at}`;

/** What the stores hold, as whoever looks from above sees it, and since when. */
export class Seen {
  readonly endpoints = new Map<string, Endpoint>();
  readonly states = new Map<string, EndpointState>();
  /** By account and event. */
  readonly events = new Map<string, Event>();
  readonly logged = new Map<string, LoggedEvent>();
  /** Events that the queue has forgotten. */
  readonly settled = new Set<string>();
  /** Events of which there was more than one message. */
  readonly copied = new Set<string>();
  /** By endpoint and event. */
  readonly pending = new Map<string, PendingDelivery>();
  readonly ended = new Map<string, { readonly ended: EndedDelivery; readonly at: number }>();
  readonly resent = new Set<string>();
  /** Deliveries that a round has put there from another backlog, and which: one that dies behind it leaves two of one. */
  readonly handed = new Map<string, readonly Invocation[]>();
  /** What waits, and was handed over to where it does. */
  readonly atHand = new Set<string>();
  readonly keptWishes = new Set<string>();
  /** What must have been told once all is over, by its event. */
  readonly toTell = new Map<string, string>();
  readonly heldSince = new Map<string, number>();
  readonly notBeforeSince = new Map<string, number>();
  /** The latest time up to which an operator ever skipped an endpoint's backlog. */
  readonly skippedTo = new Map<string, number>();
  readonly probeAtSince = new Map<string, number>();
  /** Endpoints suspended when nothing but poison waited for them: what comes later waits for their user. */
  readonly condemned = new Set<string>();

  eventsOf(account: string): readonly Event[] {
    return [...this.events.values()].filter((event) => event.account === account);
  }
}
