import type { FormattedEvent } from "./formats.ts";
import { endOfSpace } from "./json-tokens.ts";
import { memberNames } from "./json-tree.ts";

/** Mailjet's flat event object: `event`, and `time` in Unix seconds. */
export function mailjetObject({ type, occurredAt, payload }: FormattedEvent): Uint8Array {
  return flatObject(payload, "event", { event: type, time: Math.floor(occurredAt / 1000) });
}

/** Sarbacane's flat event object: `type`, and `date` in Sarbacane's spelling, `2016-08-11 T 12:25:18.889Z`. */
export function sarbacaneObject({ type, occurredAt, payload }: FormattedEvent): Uint8Array {
  return flatObject(payload, "type", { type, date: new Date(occurredAt).toISOString().replace("T", " T ") });
}

/**
 * The payload unchanged, if it already names its type; otherwise the missing fields, followed by the payload's own bytes. A
 * payload that is not an object becomes the member `data`.
 */
function flatObject(payload: Uint8Array, typeName: string, fields: Readonly<Record<string, unknown>>): Uint8Array {
  const names = memberNames(payload);
  if (names === undefined) return withMember(fields, "data", payload);
  if (names.has(typeName)) return payload;
  const missing = Object.entries(fields).filter(([name]) => !names.has(name));
  const comma = names.size === 0 ? "" : ",";
  return Buffer.concat([
    Buffer.from(opened(Object.fromEntries(missing)) + comma),
    payload.subarray(endOfSpace(payload, 0) + 1),
  ]);
}

/** An object of these fields, followed by a member whose value is the given bytes. */
export function withMember(fields: Readonly<Record<string, unknown>>, name: string, value: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`${opened(fields)},${JSON.stringify(name)}:`), value, Buffer.from("}")]);
}

function opened(fields: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(fields).slice(0, -1);
}
