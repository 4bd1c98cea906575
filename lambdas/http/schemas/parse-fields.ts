import type * as z from "zod";
import { type FieldError, RappelError } from "../../shared/errors.ts";
import { fieldErrors, pointerOf } from "./field-errors.ts";

/** @throws {RappelError} `FIELDS_INVALID`, with each rejected field */
export function parseFields<S extends z.ZodType>(schema: S, value: unknown, base = ""): z.output<S> {
  const parsed = schema.safeParse(value);
  const errors = parsed.success ? protoMembers(value, base) : fieldErrors(parsed.error, base, value);
  if (parsed.success && errors.length === 0) return parsed.data;
  throw new RappelError("FIELDS_INVALID", "Some fields are invalid", { errors });
}

/** Members named `__proto__`, at any depth: zod silently drops them from a record. */
function protoMembers(value: unknown, base: string, path: readonly string[] = []): FieldError[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    name === "__proto__"
      ? [{ pointer: pointerOf(base, [...path, name]), detail: "is invalid", allowed: "any other name" }]
      : protoMembers(member, base, [...path, name]),
  );
}
