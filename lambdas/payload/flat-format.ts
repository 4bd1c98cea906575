import type { FormattedEvent } from "./formats.ts";
import { endOfSpace } from "./json-tokens.ts";
import { memberNames } from "./json-tree.ts";

/** Mailjet's flat event object: `event`, and `time` in Unix seconds. */
export function mailjetObject({ type, occurredAt, payload }: FormattedEvent): Uint8Array {
  return flatObject(payload, "event", { event: type, time: Math.floor(occurredAt / 1000) });
}

/** Sarbacane's: `type`, and `date` in a spelling of its own, `2016-08-11 T 12:25:18.889Z`. */
export function sarbacaneObject({ type, occurredAt, payload }: FormattedEvent): Uint8Array {
  return flatObject(payload, "type", { type, date: new Date(occurredAt).toISOString().replace("T", " T ") });
}

/**
 * The payload as it is where it names its type already; else what it lacks, and then its own bytes. What is no object
 * becomes the member `data`.
 */
function flatObject(payload: Uint8Array, typeName: string, fields: Readonly<Record<string, unknown>>): Uint8Array {
  const names = memberNames(payload);
  if (names === undefined) return withMember(fields, "data", payload);
  if (names.has(typeName)) return payload;
  const lacking = Object.entries(fields).filter(([name]) => !names.has(name));
  const comma = names.size === 0 ? "" : ",";
  return Buffer.concat([
    Buffer.from(opened(Object.fromEntries(lacking)) + comma),
    payload.subarray(endOfSpace(payload, 0) + 1),
  ]);
}

/** An object of these fields, and last a member whose bytes are put there as they are. */
export function withMember(fields: Readonly<Record<string, unknown>>, name: string, value: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`${opened(fields)},${JSON.stringify(name)}:`), value, Buffer.from("}")]);
}

function opened(fields: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(fields).slice(0, -1);
}
