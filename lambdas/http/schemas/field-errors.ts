import type * as z from "zod";
import type { FieldError } from "../../shared/errors.ts";
import { LIMITS } from "../../shared/limits.ts";

// Fields whose values cannot be private. Never url, headers, data, metadata or a secret.
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
  "since",
  "until",
  "statuses",
  "types",
  "before",
]);

/**
 * Zod's issues as field errors of the API.
 * @param base JSON Pointer of the parsed object; "?" for query parameters
 * @param input the parsed value, to quote values that are not private
 */
export function fieldErrors(error: z.ZodError, base = "", input?: unknown): FieldError[] {
  const errors = error.issues.slice(0, LIMITS.fieldErrors).flatMap((issue): FieldError[] => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.slice(0, LIMITS.fieldErrors).map((key) => ({
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
        detail: isMissing && input !== undefined ? "is missing" : "is invalid",
        // For a rejected name zod's message describes the whole record; the inner issue describes the name.
        allowed: (issue.code === "invalid_key" ? issue.issues[0]?.message : undefined) ?? issue.message,
        ...(isHarmless(issue.path, value) && { value }),
      },
    ];
  });
  // A text that fails two checks of the same rule is one error.
  const different = new Map(errors.map((each) => [`${each.pointer} ${each.detail} ${each.allowed}`, each]));
  return [...different.values()].slice(0, LIMITS.fieldErrors);
}

/** A JSON Pointer (RFC 6901), or the name of a query parameter. */
export function pointerOf(base: string, path: readonly PropertyKey[]): string {
  const names = path.map((key) =>
    String(key).slice(0, LIMITS.fieldErrorChars).replaceAll("~", "~0").replaceAll("/", "~1"),
  );
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
    (typeof value === "string" && value.length <= LIMITS.fieldErrorChars);
  return isScalar && HARMLESS.has(String(path[0]));
}
