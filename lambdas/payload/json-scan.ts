import { LIMITS } from "../shared/limits.ts";
import { endOfScalar, endOfSpace, endOfString, JsonError } from "./json-tokens.ts";
import { firstInvalidUtf8 } from "./utf8.ts";

/** Bytes `start` (included) to `end` (excluded). */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The place of a JSON value, with the members of an object or the items of an array. */
export interface Json extends Span {
  readonly members?: ReadonlyMap<string, Span>;
  readonly items?: readonly Json[];
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
export const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
export const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/**
 * Checks one JSON text (RFC 8259, UTF-8) without building its values, so that a payload is delivered with exactly its own
 * bytes. This is the only check of JSON. Names must not repeat in the outermost object, nor in the objects of an outermost
 * array; in deeper objects they may.
 * @throws {JsonError} with the offset of the first wrong byte
 */
export function scanJson(bytes: Uint8Array): Json {
  const invalidAt = firstInvalidUtf8(bytes);
  if (invalidAt !== undefined) throw new JsonError("this byte is not valid UTF-8", invalidAt);
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf)
    throw new JsonError("a byte order mark is not allowed", 0);
  const json = scanOuter(bytes, endOfSpace(bytes, 0), true);
  const end = endOfSpace(bytes, json.end);
  if (end < bytes.length) throw new JsonError("text follows the end of the JSON value", end);
  return json;
}

function scanOuter(bytes: Uint8Array, start: number, isOutermost: boolean): Json {
  if (bytes[start] === OPEN_OBJECT) {
    const members = new Map<string, Span>();
    const end = endOfObject(bytes, start, (nameSpan, at) => {
      const value = { start: at, end: endOfValue(bytes, at, 1) };
      const name = textAt(bytes, nameSpan);
      if (members.has(name)) throw new JsonError("this name is repeated", nameSpan.start);
      members.set(name, value);
      return value.end;
    });
    return { start, end, members };
  }
  if (bytes[start] === OPEN_ARRAY && isOutermost) {
    const items: Json[] = [];
    const end = endOfArray(bytes, start, (at) => {
      const item = scanOuter(bytes, at, false);
      items.push(item);
      return item.end;
    });
    return { start, end, items };
  }
  return { start, end: endOfValue(bytes, start, 1) };
}

/** The end of the value at `at`. */
export function endOfValue(bytes: Uint8Array, at: number, depth: number): number {
  const first = bytes[at];
  if (first === QUOTE) return endOfString(bytes, at);
  if (first !== OPEN_OBJECT && first !== OPEN_ARRAY) return endOfScalar(bytes, at);
  // Limited, so that neither our stack nor a receiver's parser overflows (JSON.parse accepts a million levels).
  if (depth > LIMITS.jsonDepth)
    throw new JsonError(`the nesting is deeper than ${LIMITS.jsonDepth} levels here`, at, true);
  return first === OPEN_OBJECT
    ? endOfObject(bytes, at, (_, value) => endOfValue(bytes, value, depth + 1))
    : endOfArray(bytes, at, (item) => endOfValue(bytes, item, depth + 1));
}

/**
 * The end of the object at `start`.
 * @param endOfMember gets each member's name and the start of its value, and returns the value's end
 */
export function endOfObject(bytes: Uint8Array, start: number, endOfMember: (name: Span, at: number) => number): number {
  let at = endOfSpace(bytes, start + 1);
  if (bytes[at] === CLOSE_OBJECT) return at + 1;
  for (;;) {
    if (bytes[at] !== QUOTE) throw new JsonError("a name in double quotes was expected", at);
    const name = { start: at, end: endOfString(bytes, at) };
    at = endOfSpace(bytes, name.end);
    if (bytes[at] !== COLON) throw new JsonError('":" was expected', at);
    at = endOfSpace(bytes, endOfMember(name, endOfSpace(bytes, at + 1)));
    if (bytes[at] === CLOSE_OBJECT) return at + 1;
    if (bytes[at] !== COMMA) throw new JsonError('"," or "}" was expected', at);
    at = endOfSpace(bytes, at + 1);
  }
}

/** The end of the array at `start`. @param endOfItem gets the start of each item and returns its end */
export function endOfArray(bytes: Uint8Array, start: number, endOfItem: (at: number) => number): number {
  let at = endOfSpace(bytes, start + 1);
  if (bytes[at] === CLOSE_ARRAY) return at + 1;
  for (;;) {
    at = endOfSpace(bytes, endOfItem(at));
    if (bytes[at] === CLOSE_ARRAY) return at + 1;
    if (bytes[at] !== COMMA) throw new JsonError('"," or "]" was expected', at);
    at = endOfSpace(bytes, at + 1);
  }
}

/** The value of a span that was found to be JSON. For small values only. */
export function valueAt(bytes: Uint8Array, span: Span): unknown {
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset + span.start, span.end - span.start).toString("utf8"));
}

/** The text of the string at `span`. */
export function textAt(bytes: Uint8Array, span: Span): string {
  return String(valueAt(bytes, span));
}
