import * as z from "zod";
import { type FieldError, RappelError } from "../shared/errors.ts";
import type { Route } from "./routes/route.ts";
import { pointerOf } from "./schemas/field-errors.ts";

/** Whether a path belongs to Mailjet's interface, in any case, and with doubled slashes as clients write that join paths. */
export function isMailjetPath(path: string): boolean {
  return /^\/+v3(\/|$)/i.test(path);
}

/**
 * The path under which a route is looked up. Under `/v3` case, doubled slashes and a slash at the end do not matter: n8n
 * writes `/v3/rest/`, other clients `//v3/REST/`. All other paths are taken as they are.
 */
export function canonicalPath(path: string): string {
  if (!isMailjetPath(path)) return path;
  return path
    .toLowerCase()
    .replaceAll(/\/{2,}/g, "/")
    .replace(/(?<=.)\/$/, "");
}

/**
 * A request's fields under the names of the schema, for routes whose names are case-insensitive. Unknown names stay.
 * @param base as for `fieldErrors`
 * @throws {RappelError} `FIELDS_INVALID` if a field is given twice, in different cases
 */
export function inSchemaCase({ isCaseFree }: Route, schema: z.ZodType, sent: unknown, base = ""): unknown {
  if (!isCaseFree || typeof sent !== "object" || sent === null || Array.isArray(sent)) return sent;
  const names = new Map(namesIn(schema).map((name) => [name.toLowerCase(), name]));
  const fields = Object.entries(sent).map(([name, value]) => [names.get(name.toLowerCase()) ?? name, value] as const);
  const given = new Set<string>();
  const errors = fields.flatMap(([name]): FieldError[] => {
    if (given.has(name)) return [{ pointer: pointerOf(base, [name]), detail: "is given twice, in different cases" }];
    given.add(name);
    return [];
  });
  if (errors.length > 0) throw new RappelError("FIELDS_INVALID", "Some fields are invalid", { errors });
  return Object.fromEntries(fields);
}

function namesIn(schema: z.core.$ZodType): string[] {
  if (schema instanceof z.ZodPipe) return namesIn(schema.in);
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}
