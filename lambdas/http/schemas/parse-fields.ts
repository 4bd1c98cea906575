import type * as z from "zod";
import { RappelError } from "../../shared/errors.ts";
import { fieldErrors } from "./field-errors.ts";

/** @throws {RappelError} `FIELDS_INVALID`, with each rejected field */
export function parseFields<S extends z.ZodType>(schema: S, value: unknown, base = ""): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new RappelError("FIELDS_INVALID", "Some fields are invalid", {
    errors: fieldErrors(parsed.error, base, value),
  });
}
