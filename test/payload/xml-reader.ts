import { DOMParser, Element, onErrorStopParsing } from "@xmldom/xmldom";
import type { JsonTree, Member } from "../../lambdas/payload/json-tree.ts";

/** Reads Rappel's XML with a third-party parser, by the rules of docs/formats.md. */
export function treeOfXml(xml: Uint8Array): Member {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(xml);
  const root = new DOMParser({ onError: onErrorStopParsing }).parseFromString(text, "application/xml").documentElement;
  if (root === null) throw new Error("The document has no root");
  return memberOf(root);
}

function memberOf(element: Element): Member {
  const escaped = (element.getAttribute("escaped") ?? "").split(" ");
  const read = (text: string, isEscaped: boolean): string => (isEscaped ? JSON.parse(`"${text}"`) : text);
  const inner = [...element.childNodes].flatMap((node) => (node instanceof Element ? [memberOf(node)] : []));
  const content = element.textContent ?? "";
  const name = element.getAttribute("name");
  return {
    name: name === null ? element.nodeName : read(name, escaped.includes("name")),
    value: readValue(element.getAttribute("type"), inner, content, (text) => read(text, escaped.includes("text"))),
  };
}

function readValue(
  type: string | null,
  members: readonly Member[],
  content: string,
  read: (text: string) => string,
): JsonTree {
  if (type === "object") return { kind: "object", members };
  if (type === "array") return { kind: "array", items: members.map(({ value }) => value) };
  if (members.length > 0) throw new Error(`A ${type ?? "string"} holds elements`);
  if (type === null) return { kind: "string", text: read(content) };
  if (type === "null") return { kind: "null", text: "null" };
  if (type === "number" || type === "boolean") return { kind: type, text: content };
  throw new Error(`Unknown type ${type}`);
}

/** The value as JSON.parse would give it, but with numbers as `{ digits }`. */
export function plain(tree: JsonTree): unknown {
  if (tree.kind === "object") return Object.fromEntries(tree.members.map(({ name, value }) => [name, plain(value)]));
  if (tree.kind === "array") return tree.items.map(plain);
  if (tree.kind === "number") return { digits: tree.text };
  return tree.kind === "string" ? tree.text : JSON.parse(tree.text);
}
