import { type Event, matchesType } from "../../events/model/event.ts";
import { isOperational } from "../../events/model/operational-types.ts";
import type { Endpoint } from "./endpoint.ts";

/**
 * Whether one of an endpoint's patterns matches an event type.
 * @param patterns exact types, `*` (all except operational ones), or a prefix of whole segments such as `email.*`
 */
export function matchesAny(patterns: readonly string[], type: string): boolean {
  return patterns.some((pattern) => {
    if (pattern === "*") return !isOperational(type);
    return matchesType(pattern, type);
  });
}

/** Whether an endpoint gets an event: it subscribes to the type, and the event is not about the endpoint itself. */
export function isSubscribedTo({ id, eventTypes }: Endpoint, { type, about }: Pick<Event, "type" | "about">): boolean {
  return matchesAny(eventTypes, type) && id !== about;
}
