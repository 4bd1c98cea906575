import { EVENT_TYPES, type EventType } from "../../events/model/event-type-catalog.ts";
import type { Preset } from "./preset.ts";
import { matchesAny } from "./subscription.ts";

/** Which event a test sends: its type and its source, both optional. */
export interface SampleRequest {
  readonly eventType?: string | undefined;
  readonly source?: EventType["source"] | undefined;
}

/**
 * The sample that a test sends. By default the first type of the preset's platform that the endpoint subscribes to. If
 * only a type or only a source is requested, samples of the preset's platform come first.
 * @returns `undefined` without a request if the preset has no platform, or if there is no such type
 */
export function sampleFor(
  { preset, eventTypes }: { readonly preset: Preset; readonly eventTypes: readonly string[] },
  { eventType, source }: SampleRequest,
): EventType | undefined {
  const requested = EVENT_TYPES.filter(
    (type) => (eventType === undefined || type.type === eventType) && (source === undefined || type.source === source),
  );
  const ofPreset = requested.filter((type) => type.source === preset);
  const isSubscribed = ({ type }: EventType) => matchesAny(eventTypes, type);
  if (eventType === undefined && source === undefined) return ofPreset.find(isSubscribed);
  return ofPreset.find(isSubscribed) ?? ofPreset[0] ?? requested.find(isSubscribed) ?? requested[0];
}
