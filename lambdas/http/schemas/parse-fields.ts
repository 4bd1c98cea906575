import type * as z from "zod";
import { type FieldError, RappelError } from "../../shared/errors.ts";
import { LIMITS } from "../../shared/limits.ts";
import { fieldErrors, pointerOf } from "./field-errors.ts";

/** @throws {RappelError} `FIELDS_INVALID`, with each rejected field */
export function parseFields<S extends z.ZodType>(schema: S, value: unknown, base = ""): z.output<S> {
  const parsed = schema.safeParse(value);
  const errors = parsed.success ? protoErrors(value, base) : fieldErrors(parsed.error, base, value);
  if (parsed.success && errors.length === 0) return parsed.data;
  throw new RappelError("FIELDS_INVALID", "Some fields are invalid", { errors });
}

/** Members named `__proto__`: zod drops them from a record without an error. */
function protoErrors(value: unknown, base: string): FieldError[] {
  return [...protoPaths(value, []).take(LIMITS.fieldErrors)].map((path) => ({
    pointer: pointerOf(base, path),
    detail: "is invalid",
    allowed: "any other name",
  }));
}

/** @param path where `value` is; changed during the walk, because a copy per member would cost too much */
function* protoPaths(value: unknown, path: string[]): Generator<string[]> {
  if (typeof value !== "object" || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    path.push(name);
    if (name === "__proto__") yield [...path];
    else yield* protoPaths(member, path);
    path.pop();
  }
}
