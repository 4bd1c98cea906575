import type { Event } from "../../events/model/event.ts";
import { OPERATIONAL_PREFIX } from "../../events/model/operational-types.ts";
import type { Endpoint } from "./endpoint.ts";

/**
 * Whether an endpoint that asked for `wanted` gets events of `type`.
 * @param wanted exact types, `*` (all but operational ones), or a prefix of whole segments such as `email.*`
 */
export function matchesAny(wanted: readonly string[], type: string): boolean {
  return wanted.some((pattern) => {
    if (pattern === "*") return !type.startsWith(OPERATIONAL_PREFIX);
    if (pattern.endsWith(".*")) return type.startsWith(pattern.slice(0, -1));
    return pattern === type;
  });
}

/** Whether a backup takes an event in another's stead: as for any endpoint, one that tells of itself it does not get. */
export function takes({ id, eventTypes }: Endpoint, { type, about }: Pick<Event, "type" | "about">): boolean {
  return matchesAny(eventTypes, type) && id !== about;
}
