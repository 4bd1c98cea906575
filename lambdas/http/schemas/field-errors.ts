import type * as z from "zod";
import type { FieldError } from "../../shared/errors.ts";

// Fields whose values cannot hold anything private. Never url, headers, data, metadata or a secret.
const HARMLESS = new Set([
  "type",
  "event",
  "timestamp",
  "eventTypes",
  "eventType",
  "source",
  "preset",
  "format",
  "encoding",
  "success",
  "retrySchedule",
  "timeoutMs",
  "limit",
  "status",
  "after",
  "before",
]);
const VALUE_CHARS = 100;
/** More are not told: a megabyte of wrong names must not become an answer of eight. */
const ERRORS_TOLD = 20;

/**
 * Zod's issues as the API tells them.
 * @param base JSON Pointer of the object that was parsed; "?" for query parameters
 * @param input what was parsed, where its harmless values may be told
 */
export function fieldErrors(error: z.ZodError, base = "", input?: unknown): FieldError[] {
  const told = error.issues.slice(0, ERRORS_TOLD).flatMap((issue): FieldError[] => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.slice(0, ERRORS_TOLD).map((key) => ({
        pointer: pointerOf(base, [...issue.path, key]),
        detail: "is not a field of this request",
      }));
    }
    const value = valueIn(input, issue.path);
    const isMissing =
      (issue.code === "invalid_type" || issue.code === "invalid_union") &&
      value === undefined &&
      issue.input === undefined;
    return [
      {
        pointer: pointerOf(base, issue.path),
        detail: isMissing && input !== undefined ? "is missing" : "cannot be accepted",
        // Of a refused name zod says what its whole record may be; what a name may be it says within.
        allowed: (issue.code === "invalid_key" ? issue.issues[0]?.message : undefined) ?? issue.message,
        ...(isHarmless(issue.path, value) && { value }),
      },
    ];
  });
  return told.slice(0, ERRORS_TOLD);
}

function pointerOf(base: string, path: readonly PropertyKey[]): string {
  const names = path.map((key) => String(key).slice(0, VALUE_CHARS).replaceAll("~", "~0").replaceAll("/", "~1"));
  return base === "?" ? `?${names.join("/")}` : base + names.map((name) => `/${name}`).join("");
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
