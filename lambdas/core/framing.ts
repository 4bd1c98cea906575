import type { Encoding, Format } from "./endpoint.ts";
import type { Event } from "./event.ts";

/** What decides how the bytes of a POST look. */
export interface Shape {
  readonly format: Format;
  readonly encoding: Encoding;
  /** Whether it is an array, even of one event. */
  readonly isGrouped: boolean;
}

export interface Framed {
  readonly body: Uint8Array;
  readonly mediaType: string;
}

/** The bytes an endpoint gets: the payloads' own, in the frame of its format. @param events more than one only where grouped */
export function framed({ format, isGrouped }: Shape, events: readonly Event[]): Framed {
  const bodies = events.map((event) => (format === "raw" ? event.payload : enveloped(event)));
  return { body: isGrouped ? arrayOf(bodies) : Buffer.concat(bodies), mediaType: "application/json" };
}

function enveloped({ id, type, occurredAt, payload }: Event): Uint8Array {
  const head = JSON.stringify({ id, type, timestamp: new Date(occurredAt).toISOString() }).slice(0, -1);
  return Buffer.concat([Buffer.from(`${head},"data":`), payload, Buffer.from("}")]);
}

function arrayOf(values: readonly Uint8Array[]): Uint8Array {
  const comma = Buffer.from(",");
  const separated = values.flatMap((value, index) => (index === 0 ? [value] : [comma, value]));
  return Buffer.concat([Buffer.from("["), ...separated, Buffer.from("]")]);
}
