import { describe, expect, it } from "vitest";
import { en } from "../../console/src/words/en.ts";
import { es } from "../../console/src/words/es.ts";
import { fr } from "../../console/src/words/fr.ts";

/** Names, and words that are the same in both languages. */
const SAME: Readonly<Record<string, readonly string[]>> = {
  fr: ["Webhooks", "URL", "Secret", "Types", "Type", "Test", "Pause", "Source", "Active"],
  es: ["Webhooks", "URL", "2 bytes"],
};
const ARGUMENTS: readonly (readonly unknown[])[] = [
  [2, 3],
  ["2", "3"],
];

/** Every text by its path; of a text with parameters, what it becomes with some. */
function textsOf(words: object, path = ""): [string, string][] {
  return Object.entries(words).flatMap(([name, value]: [string, unknown]): [string, string][] => {
    const at = `${path}/${name}`;
    if (typeof value === "string") return [[at, value]];
    if (typeof value === "function") return ARGUMENTS.map((given, n) => [`${at}(${n})`, String(value(...given))]);
    return typeof value === "object" && value !== null ? textsOf(value, at) : [];
  });
}

describe.each([
  ["fr", fr],
  ["es", es],
])("the console's texts in %s", (code, words) => {
  const english = new Map(textsOf(en));

  it(`${code}: no text is the English one`, () => {
    const same = textsOf(words).filter(([at, text]) => english.get(at) === text && !SAME[code]?.includes(text));
    expect(same).toEqual([]);
  });

  it(`${code}: every text of the English dictionary is there and is not empty`, () => {
    const texts = new Map(textsOf(words));
    expect([...english.keys()].filter((at) => (texts.get(at) ?? "").trim() === "")).toEqual([]);
    expect([...texts.keys()].filter((at) => !english.has(at))).toEqual([]);
  });

  it(`${code}: no text holds common English words`, () => {
    const found = textsOf(words).filter(([, text]) => /\b(the|of|and|is|are|your|with|not|this|you)\b/i.test(text));
    expect(found).toEqual([]);
  });
});
