import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type JsonTree, jsonTree, type Member } from "../../lambdas/payload/json-tree.ts";
import { xmlOf } from "../../lambdas/payload/xml.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { treeOfXml } from "./xml-reader.ts";

const xmlFrom = (json: string) => xmlOf([Buffer.from(json)], false);
const textFrom = (json: string) => Buffer.from(xmlFrom(json)).toString();
const insideOf = (json: string) =>
  textFrom(json).replace('<?xml version="1.0" encoding="UTF-8"?><event type="object">', "").replace("</event>", "");

/** Any text, with many characters that XML cannot hold or would change. */
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({
    unit: fc.constantFrom(
      ..."\u0000\u0008\t\n\r\u001f\u007f\u0085\u2028\u2029\ufffe\uffff\ud800\udfff\\\"'<>&]é\u{1f600} u0",
    ),
  }),
  fc.constantFrom(
    "",
    "xml",
    "Xmlns",
    "a:b",
    "item",
    "member",
    "event",
    "1",
    "prénom",
    "]]>",
    "&#13;",
    "__proto__",
    "#text",
  ),
);
const number = fc
  .tuple(
    fc.constantFrom("", "-"),
    fc.constantFrom("0", "1", "19421777396190491", "340282366920938463463374607431768211456"),
    fc.constantFrom("", ".10", ".0", ".000000000000000000000001"),
    fc.constantFrom("", "e400", "E-400", "e+0"),
  )
  .map((parts) => parts.join(""));
const scalar: fc.Arbitrary<JsonTree> = fc.oneof(
  text.map((value): JsonTree => ({ kind: "string", text: value })),
  number.map((digits): JsonTree => ({ kind: "number", text: digits })),
  fc.constantFrom<JsonTree>(
    { kind: "null", text: "null" },
    { kind: "boolean", text: "true" },
    { kind: "boolean", text: "false" },
  ),
);
const { tree } = fc.letrec<{ tree: JsonTree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 6 },
    scalar,
    fc.array(tie("tree")).map((items): JsonTree => ({ kind: "array", items })),
    fc.array(fc.record({ name: text, value: tie("tree") })).map((members): JsonTree => ({ kind: "object", members })),
  ),
}));

function written(value: JsonTree): string {
  if (value.kind === "array") return `[${value.items.map(written).join(" , ")}]`;
  if (value.kind === "object")
    return `{${value.members.map((member) => `${JSON.stringify(member.name)} : ${written(member.value)}`).join(",")}}`;
  return value.kind === "string" ? JSON.stringify(value.text) : value.text;
}

describe("JSON as XML", () => {
  it("a third-party parser reads the XML back as the same JSON, with order, repeated names, digits and any character", () => {
    fc.assert(
      fc.property(tree, (value) => {
        expect(treeOfXml(xmlFrom(written(value)))).toEqual({ name: "event", value } satisfies Member);
      }),
      { numRuns: 500 },
    );
  });

  it("several events keep their order, and a single event of a group is an array", () => {
    fc.assert(
      fc.property(fc.array(tree, { minLength: 1, maxLength: 3 }), (items) => {
        const xml = xmlOf(
          items.map((value) => Buffer.from(written(value))),
          true,
        );
        expect(treeOfXml(xml)).toEqual({ name: "events", value: { kind: "array", items } });
      }),
    );
  });

  it.each([
    ["a string with its spaces", '{"a":" x "}', "<a> x </a>"],
    ["a number, digit for digit", '{"a":19421777396190491}', '<a type="number">19421777396190491</a>'],
    ["a fraction's last zero", '{"a":1.10}', '<a type="number">1.10</a>'],
    ["a number outside the range of a double", '{"a":1e400}', '<a type="number">1e400</a>'],
    ["true", '{"a":true}', '<a type="boolean">true</a>'],
    ["null", '{"a":null}', '<a type="null"/>'],
    ["an empty string", '{"a":""}', "<a/>"],
    ["an empty object", '{"a":{}}', '<a type="object"/>'],
    ["an array", '{"a":[1,"x"]}', '<a type="array"><item type="number">1</item><item>x</item></a>'],
    ["a repeated name", '{"a":"1","a":"2"}', "<a>1</a><a>2</a>"],
    ["a name that XML forbids", '{"1 a":"x"}', '<member name="1 a">x</member>'],
    ["a reserved name of XML", '{"xmlns":"x"}', '<member name="xmlns">x</member>'],
    ["a name of a namespace", '{"a:b":"x"}', '<member name="a:b">x</member>'],
    ["an empty name", '{"":"x"}', '<member name="">x</member>'],
    ["a name with an accent", '{"prénom":"x"}', "<prénom>x</prénom>"],
    ["a name in letters that older parsers do not accept", '{"名":"x"}', '<member name="名">x</member>'],
    ["markup", '{"a":"<b>&amp;]]></b>"}', "<a>&lt;b&gt;&amp;amp;]]&gt;&lt;/b&gt;</a>"],
    ["a carriage return", '{"a":"x\\r\\ny"}', "<a>x&#13;\ny</a>"],
    ["Unicode line separators", '{"a":"\u0085\u2028"}', "<a>&#133;&#8232;</a>"],
    ["a character that XML forbids", '{"a":"\\u0000\\\\\\ufffe"}', '<a escaped="text">\\u0000\\\\\\ufffe</a>'],
    ["an unpaired surrogate", '{"a":"\\ud83d"}', '<a escaped="text">\\ud83d</a>'],
    ["a name with such characters", '{"a\\n\\u0001":"x"}', '<member name="a\\n\\u0001" escaped="name">x</member>'],
  ])("the XML of %s", (_, json, xml) => {
    expect(insideOf(json)).toBe(xml);
  });

  it("the XML declares UTF-8 and is valid UTF-8", () => {
    expect(textFrom('{"a":"é\u{1f600}"}')).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?><event /);
    expect(treeOfXml(xmlFrom('"é\u{1f600}"')).value).toEqual({ kind: "string", text: "é\u{1f600}" });
  });

  it("XML supports the same nesting as a payload", () => {
    const levels = LIMITS.jsonDepth / 2;
    const deep = `{"data":${'{"a":['.repeat(levels)}1.10${"]}".repeat(levels)}}`;
    expect(treeOfXml(xmlOf([Buffer.from(deep)], true)).value).toEqual({
      kind: "array",
      items: [jsonTree(Buffer.from(deep))],
    });
  });
});
