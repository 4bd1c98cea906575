import XmlBuilder from "fast-xml-builder";
import { LIMITS } from "../shared/limits.ts";
import { type JsonTree, jsonTree } from "./json-tree.ts";

/**
 * Writes JSON as XML 1.0, without loss; docs/formats.md describes the mapping. Elements have a `type` unless they are
 * strings.
 */

// Names of XML's fourth edition, in Latin-1 only: the parsers of Java, .NET and Python follow that edition.
const ELEMENT_NAME = /^(?![Xx][Mm][Ll])[A-Za-z_À-ÖØ-öø-ÿ][A-Za-z0-9_.À-ÖØ-öø-ÿ-]*$/;
const OUTSIDE_TEXT = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u; // XML 1.0, 2.2: Char
// Some parsers treat these as line ends, and all turn a line end in an attribute into a space.
const LINE_ENDS = /[\r\u0085\u2028\u2029]/g;
const OUTSIDE_NAME = /[^\u0020-\u0084\u0086-\u2027\u202a-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

const builder = new XmlBuilder({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: "",
  suppressEmptyNode: true,
  // The payload's levels, the envelope's, and the text in the last one. The library's default is 100.
  maxNestedTags: LIMITS.jsonDepth + 10,
});

/** One event as `<event>`, or several as `<events>`. @param bodies each event's JSON */
export function xmlOf(bodies: readonly Uint8Array[], isGrouped: boolean): Uint8Array {
  const events = bodies.map((body) => elementOf("event", jsonTree(body)));
  const root = isGrouped ? [{ events, ":@": { type: "array" } }] : events;
  const declaration = { "?xml": [], ":@": { version: "1.0", encoding: "UTF-8" } };
  const text = String(builder.build([declaration, ...root]));
  return Buffer.from(text.replaceAll(LINE_ENDS, (char) => `&#${char.charCodeAt(0)};`));
}

function elementOf(name: string, value: JsonTree): object {
  const isElementName = ELEMENT_NAME.test(name);
  const isNameEscaped = OUTSIDE_NAME.test(name);
  const isTextEscaped = value.kind === "string" && OUTSIDE_TEXT.test(value.text);
  const escaped = [...(isNameEscaped ? ["name"] : []), ...(isTextEscaped ? ["text"] : [])].join(" ");
  return {
    [isElementName ? name : "member"]: childrenOf(value, isTextEscaped),
    ":@": {
      ...(!isElementName && { name: isNameEscaped ? insideOfJsonString(name) : name }),
      ...(value.kind !== "string" && { type: value.kind }),
      ...(escaped !== "" && { escaped }),
    },
  };
}

function childrenOf(value: JsonTree, isTextEscaped: boolean): object[] {
  if (value.kind === "object") return value.members.map((member) => elementOf(member.name, member.value));
  if (value.kind === "array") return value.items.map((item) => elementOf("item", item));
  if (value.kind === "null") return [];
  return [{ "#text": isTextEscaped ? insideOfJsonString(value.text) : value.text }];
}

/** The text as between the quotes of JSON, with some more characters escaped. Any JSON parser can read it. */
function insideOfJsonString(text: string): string {
  return JSON.stringify(text)
    .slice(1, -1)
    .replaceAll(
      /[\u0085\u2028\u2029\ufffe\uffff]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
}
