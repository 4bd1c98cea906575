import type * as z from "zod";
import type { FieldError } from "../core/errors.ts";

// Fields whose values cannot hold anything private. Never url, headers, data, metadata or a secret.
const HARMLESS = new Set([
  "type",
  "event",
  "timestamp",
  "eventTypes",
  "format",
  "success",
  "retrySchedule",
  "timeoutMs",
  "limit",
  "status",
  "after",
  "before",
]);
const VALUE_CHARS = 100;

/**
 * Zod's issues as the API tells them.
 * @param base JSON Pointer of the object that was parsed
 * @param input what was parsed, where its harmless values may be told
 */
export function fieldErrors(error: z.ZodError, base = "", input?: unknown): FieldError[] {
  return error.issues.flatMap((issue): FieldError[] => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({
        pointer: pointerOf(base, [...issue.path, key]),
        detail: "is not a field of this request",
      }));
    }
    const value = valueIn(input, issue.path);
    const isMissing = issue.code === "invalid_type" && value === undefined && issue.input === undefined;
    return [
      {
        pointer: pointerOf(base, issue.path),
        detail: isMissing && input !== undefined ? "is missing" : "cannot be accepted",
        allowed: issue.message,
        ...(isHarmless(issue.path, value) && { value }),
      },
    ];
  });
}

function pointerOf(base: string, path: readonly PropertyKey[]): string {
  return (
    base +
    path.map((key) => `/${String(key).slice(0, VALUE_CHARS).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("")
  );
}

function valueIn(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined),
    input,
  );
}

function isHarmless(path: readonly PropertyKey[], value: unknown): boolean {
  const isScalar =
    typeof value === "number" ||
    typeof value === "boolean" ||
    (typeof value === "string" && value.length <= VALUE_CHARS);
  return isScalar && HARMLESS.has(String(path[0]));
}
