import * as z from "zod";
import { resolved } from "./openapi-schemas.ts";

const Schema = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  example: z.unknown().optional(),
  default: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  minItems: z.number().optional(),
  maxItems: z.number().optional(),
  maxProperties: z.number().optional(),
  items: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
});

/** Texts that some pattern refuses. */
const TEXTS = ["", "a", "é", "a b", "***", "\u0000", "rappel.test", "2026-02-30T00:00:00Z", "x/y"];
const OTHERS = [null, true, 1, 1.5, "text", [], {}];

/**
 * Values of a schema at each of its bounds and just beyond, and values of other types. Which of them are valid is left to a
 * validator.
 * @param base a valid value, if the schema has no example
 */
export function candidatesOf(schema: unknown, base?: unknown): unknown[] {
  const found = Schema.parse(resolved(schema));
  const example = base ?? found.example ?? found.default;
  const { anyOf = [] } = found;
  const types = [found.type ?? []].flat();
  return [
    ...OTHERS,
    ...(example === undefined ? [] : [example]),
    ...(found.enum === undefined ? [] : [...found.enum, "no-such-value"]),
    ...anyOf.flatMap((branch) => candidatesOf(branch, isOf(branch, example) ? example : undefined)),
    ...(types.includes("integer") ? integersOf(found) : []),
    ...(types.includes("string") && found.enum === undefined ? textsOf(found, example) : []),
    ...(types.includes("array") ? arraysOf(found, Array.isArray(example) ? example : undefined) : []),
    ...(types.includes("object") ? objectsOf(found, isObject(example) ? example : {}) : []),
  ];
}

function isOf(branch: unknown, value: unknown): boolean {
  const { type } = resolved(branch);
  return type === (Array.isArray(value) ? "array" : typeof value);
}

function integersOf({ minimum = 0, maximum = 0 }: z.infer<typeof Schema>): number[] {
  return [minimum, minimum - 1, maximum, maximum + 1].filter(Number.isSafeInteger);
}

function textsOf({ minLength, maxLength }: z.infer<typeof Schema>, example: unknown): string[] {
  const lengths = [minLength, maxLength].flatMap((length) =>
    length === undefined ? [] : [length - 1, length, length + 1],
  );
  const text = typeof example === "string" ? example : "a";
  return [...TEXTS, ...lengths.filter((length) => length >= 0).map((length) => stretched(text, length))];
}

/** A text cut to a length, or made longer by repeating its last letter. */
function stretched(text: string, length: number): string {
  return text.slice(0, length).padEnd(length, /[A-Za-z0-9]/.exec(text.at(-1) ?? "")?.[0] ?? "a");
}

function arraysOf(
  { minItems, maxItems, items = {} }: z.infer<typeof Schema>,
  example: unknown[] | undefined,
): unknown[][] {
  const item = example?.[0] ?? sampleOf(items);
  const lengths = [minItems, maxItems].flatMap((length) =>
    length === undefined ? [] : [length - 1, length, length + 1],
  );
  const [, ...rest] = example ?? [];
  return [
    ...lengths.filter((length) => length >= 0).map((length) => Array.from({ length }, () => item)),
    ...candidatesOf(items, item).map((candidate) => [candidate, ...rest]),
  ];
}

function objectsOf(
  { properties = {}, maxProperties, additionalProperties }: z.infer<typeof Schema>,
  example: Record<string, unknown>,
): object[] {
  const without = Object.keys(example).map((name) =>
    Object.fromEntries(Object.entries(example).filter(([other]) => other !== name)),
  );
  const changed = Object.entries(properties).flatMap(([name, schema]) =>
    candidatesOf(schema, example[name]).map((value) => ({ ...example, [name]: value })),
  );
  const named = isObject(additionalProperties) ? namesIn(additionalProperties, maxProperties) : [];
  return [...without, ...changed, ...named, { ...example, "no-such-field": "x" }];
}

/** Objects of free names: as many as are allowed and one more, names that some pattern refuses, and values at their bounds. */
function namesIn(values: Record<string, unknown>, max = 1): object[] {
  const value = sampleOf(values);
  const named = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`x-${n}`, value]));
  const names = [
    ...TEXTS,
    "x".repeat(64),
    "x".repeat(65),
    "Host",
    "webhook-id",
    "Rappel-x",
    "Content-Type",
    "-x",
    "x y",
  ];
  return [
    named(max),
    named(max + 1),
    ...names.map((name) => ({ [name]: value })),
    ...candidatesOf(values, value).map((candidate) => ({ "x-one": candidate })),
  ];
}

/** A valid value of a schema. */
function sampleOf(schema: unknown): unknown {
  const {
    example,
    default: byDefault,
    enum: [first] = [],
    anyOf: [branch] = [],
    type,
  } = Schema.parse(resolved(schema));
  if (example !== undefined) return example;
  if (byDefault !== undefined) return byDefault;
  if (first !== undefined) return first;
  if (branch !== undefined) return sampleOf(branch);
  return { string: "abc", integer: 5, boolean: true, array: [], object: {} }[String(type)] ?? null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
