import type { Event } from "../../events/model/event.ts";
import { isOperational } from "../../events/model/operational-types.ts";
import type { Endpoint } from "./endpoint.ts";

/**
 * Whether one of an endpoint's patterns matches an event type.
 * @param patterns exact types, `*` (all except operational ones), or a prefix of whole segments such as `email.*`
 */
export function matchesAny(patterns: readonly string[], type: string): boolean {
  return patterns.some((pattern) => {
    if (pattern === "*") return !isOperational(type);
    if (pattern.endsWith(".*")) return type.startsWith(pattern.slice(0, -1));
    return pattern === type;
  });
}

/** Whether an endpoint gets an event: it subscribes to the type, and the event is not about the endpoint itself. */
export function isSubscribedTo({ id, eventTypes }: Endpoint, { type, about }: Pick<Event, "type" | "about">): boolean {
  return matchesAny(eventTypes, type) && id !== about;
}
