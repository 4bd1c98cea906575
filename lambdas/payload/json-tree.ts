import { endOfArray, endOfObject, endOfValue, OPEN_ARRAY, OPEN_OBJECT, textAt } from "./json-scan.ts";
import { endOfScalar, endOfSpace, endOfString } from "./json-tokens.ts";

export interface Member {
  readonly name: string;
  readonly value: JsonTree;
}

/** A JSON value that keeps the order of members, repeated names, and the digits of numbers as text. */
export type JsonTree =
  | { readonly kind: "object"; readonly members: readonly Member[] }
  | { readonly kind: "array"; readonly items: readonly JsonTree[] }
  /** `text`: for a string, with resolved escapes. */
  | { readonly kind: "string" | "number" | "boolean" | "null"; readonly text: string };

const QUOTE = 0x22;

/**
 * Reads a JSON text that has already been checked, also for its depth.
 * @throws {JsonError} if it is not JSON after all
 */
export function jsonTree(bytes: Uint8Array): JsonTree {
  return treeAt(bytes, endOfSpace(bytes, 0)).tree;
}

function treeAt(bytes: Uint8Array, start: number): { readonly tree: JsonTree; readonly end: number } {
  const first = bytes[start];
  if (first === OPEN_OBJECT) {
    const members: Member[] = [];
    const end = endOfObject(bytes, start, (name, at) => {
      const value = treeAt(bytes, at);
      members.push({ name: textAt(bytes, name), value: value.tree });
      return value.end;
    });
    return { tree: { kind: "object", members }, end };
  }
  if (first === OPEN_ARRAY) {
    const items: JsonTree[] = [];
    const end = endOfArray(bytes, start, (at) => {
      const item = treeAt(bytes, at);
      items.push(item.tree);
      return item.end;
    });
    return { tree: { kind: "array", items }, end };
  }
  if (first === QUOTE) {
    const end = endOfString(bytes, start);
    return { tree: { kind: "string", text: textAt(bytes, { start, end }) }, end };
  }
  const end = endOfScalar(bytes, start);
  const text = Buffer.from(bytes.subarray(start, end)).toString("latin1");
  return { tree: { kind: text === "null" ? "null" : /^[tf]/.test(text) ? "boolean" : "number", text }, end };
}

/** The names in an object, without reading its values; `undefined` if it is not an object. */
export function memberNames(bytes: Uint8Array): ReadonlySet<string> | undefined {
  const start = endOfSpace(bytes, 0);
  if (bytes[start] !== OPEN_OBJECT) return undefined;
  const names = new Set<string>();
  endOfObject(bytes, start, (name, at) => {
    names.add(textAt(bytes, name));
    return endOfValue(bytes, at, 1);
  });
  return names;
}
