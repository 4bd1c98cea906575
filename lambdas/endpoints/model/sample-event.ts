import { EVENT_TYPES, type EventType } from "../../events/model/event-type-catalog.ts";
import type { Preset } from "./preset.ts";
import { matchesAny } from "./subscription.ts";

/** What a test is asked to send: an event of this type, of this source. */
export interface SampleRequest {
  readonly eventType?: string | undefined;
  readonly source?: EventType["source"] | undefined;
}

/**
 * The sample that a test sends. Unasked, the first type of the preset's platform that the endpoint wants; asked for a type
 * or a source only, that of the preset's platform goes before.
 * @returns `undefined` where nothing was asked for and the preset is no platform's, or where there is no such type
 */
export function sampleFor(
  { preset, eventTypes }: { readonly preset: Preset; readonly eventTypes: readonly string[] },
  { eventType, source }: SampleRequest,
): EventType | undefined {
  const asked = EVENT_TYPES.filter(
    (one) => (eventType === undefined || one.type === eventType) && (source === undefined || one.source === source),
  );
  const own = asked.filter((one) => one.source === preset);
  const wanted = (one: EventType) => matchesAny(eventTypes, one.type);
  if (eventType === undefined && source === undefined) return own.find(wanted);
  return own.find(wanted) ?? own[0] ?? asked.find(wanted) ?? asked[0];
}
