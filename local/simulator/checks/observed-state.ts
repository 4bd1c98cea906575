import type { EndedDelivery, LoggedEvent, PendingDelivery } from "../../../lambdas/delivery/model/delivery.ts";
import type { Endpoint } from "../../../lambdas/endpoints/model/endpoint.ts";
import type { EndpointState } from "../../../lambdas/endpoints/model/endpoint-state.ts";
import type { Event } from "../../../lambdas/events/model/event.ts";
import type { Invocation } from "../function.ts";

/** The key of a delivery (by endpoint and event) or of an event (by account and event). */
export const keyOf = (owner: string, eventId: string) => `${owner}/${eventId}`;
export const resendKeyOf = (eventId: string, at: number) => `${eventId}@${at}`;

/** What the stores hold at each moment, without delays or faults, and since when. */
export class ObservedState {
  readonly endpoints = new Map<string, Endpoint>();
  readonly states = new Map<string, EndpointState>();
  /** By account and event. */
  readonly events = new Map<string, Event>();
  readonly logged = new Map<string, LoggedEvent>();
  /** Events that the queue has deleted. */
  readonly acknowledged = new Set<string>();
  /** Events that were in more than one message. */
  readonly duplicated = new Set<string>();
  /** By endpoint and event. */
  readonly pending = new Map<string, PendingDelivery>();
  readonly ended = new Map<string, { readonly ended: EndedDelivery; readonly at: number }>();
  readonly resent = new Set<string>();
  /** The retry rounds that moved a delivery here from another backlog. One that crashes in between leaves two deliveries. */
  readonly moves = new Map<string, readonly Invocation[]>();
  /** Pending deliveries that were moved from another backlog. */
  readonly movedHere = new Set<string>();
  /** Resend requests that the queue has deleted. */
  readonly acknowledgedResends = new Set<string>();
  /** Operational webhooks that must have been published at the end: the subject of each, by account and event. */
  readonly expectedEvents = new Map<string, string>();
  readonly onHoldSince = new Map<string, number>();
  readonly notBeforeSince = new Map<string, number>();
  /** The latest time up to which an operator ever skipped an endpoint's backlog. */
  readonly skippedTo = new Map<string, number>();
  readonly probeAtSince = new Map<string, number>();
  /** Endpoints suspended with only rejected events pending: later events stay queued until a user resumes them. */
  readonly suspendedOnRejected = new Set<string>();

  eventsOf(account: string): readonly Event[] {
    return [...this.events.values()].filter((event) => event.account === account);
  }
}
