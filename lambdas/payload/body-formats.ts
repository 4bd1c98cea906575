import { mailjetObject, sarbacaneObject, withMember } from "./flat-format.ts";
import type { Encoding, Format, FormattedEvent } from "./formats.ts";
import { xmlOf } from "./xml.ts";

/** The settings that decide the bytes of a request's body. */
export interface Shape {
  readonly format: Format;
  readonly encoding: Encoding;
  /** Whether the body is an array, even of one event. */
  readonly isGrouped: boolean;
}

export interface Framed {
  readonly body: Uint8Array;
  readonly mediaType: string;
}

const FRAMES: Readonly<Record<Format, (event: FormattedEvent) => Uint8Array>> = {
  standard: ({ id, type, occurredAt, payload }) =>
    withMember({ id, type, timestamp: timeText(occurredAt) }, "data", payload),
  raw: ({ payload }) => payload,
  mailjet: mailjetObject,
  sarbacane: sarbacaneObject,
  cloudevents: cloudEvent,
};

/** The body of a request: the payloads in the endpoint's format. @param events more than one only if grouped */
export function framed({ format, encoding, isGrouped }: Shape, events: readonly FormattedEvent[]): Framed {
  if (encoding === "xml") return { body: xml(format, events, isGrouped), mediaType: "application/xml; charset=utf-8" };
  const bodies = events.map(FRAMES[format]);
  return { body: isGrouped ? arrayOf(bodies) : Buffer.concat(bodies), mediaType: mediaTypeOf(format, isGrouped) };
}

// XML of a large payload takes long to write, so an event that is sent to fifty URLs is written once.
const written = new WeakMap<FormattedEvent, Map<Format, Uint8Array>>();

function xml(format: Format, events: readonly FormattedEvent[], isGrouped: boolean): Uint8Array {
  const [event] = events;
  if (isGrouped || event === undefined) return xmlOf(events.map(FRAMES[format]), isGrouped);
  const ofEvent = written.get(event) ?? new Map<Format, Uint8Array>();
  const body = ofEvent.get(format) ?? xmlOf([FRAMES[format](event)], false);
  written.set(event, ofEvent.set(format, body));
  return body;
}

function mediaTypeOf(format: Format, isGrouped: boolean): string {
  if (format !== "cloudevents") return "application/json";
  return isGrouped ? "application/cloudevents-batch+json" : "application/cloudevents+json";
}

/** CloudEvents 1.0, structured mode. `source` and `id` together identify the event globally. */
function cloudEvent({ id, account, source, type, occurredAt, payload }: FormattedEvent): Uint8Array {
  const attributes = {
    specversion: "1.0",
    id,
    source: `/accounts/${account}/sources/${source}`,
    type,
    time: timeText(occurredAt),
    datacontenttype: "application/json",
  };
  return withMember(attributes, "data", payload);
}

function timeText(at: number): string {
  return new Date(at).toISOString();
}

function arrayOf(values: readonly Uint8Array[]): Uint8Array {
  const comma = Buffer.from(",");
  const separated = values.flatMap((value, index) => (index === 0 ? [value] : [comma, value]));
  return Buffer.concat([Buffer.from("["), ...separated, Buffer.from("]")]);
}
