import type * as z from "zod";
import { scanJson, valueAt } from "../payload/json-scan.ts";
import { RappelError } from "../shared/errors.ts";
import { LIMITS } from "../shared/limits.ts";
import { fieldErrors } from "./field-errors.ts";
import type { HttpRequest } from "./http.ts";
import type { Route } from "./routes/route.ts";

/** What a route's body says, read as the route wants it; `undefined` where it wants none. */
export function readBody(route: Route, { headers, body }: HttpRequest): unknown {
  if (route.body === undefined) return undefined;
  requireMedia(headers["content-type"], route.body.media);
  if (route.body.read === "bytes") return body;
  const value = route.body.isOptional && body.length === 0 ? {} : readJson(body);
  return route.body.read === "patch" ? value : parseFields(route.body.schema, value);
}

/** @throws {RappelError} `FIELDS_INVALID`, with each refused field */
export function parseFields<S extends z.ZodType>(schema: S, value: unknown, base = ""): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new RappelError("FIELDS_INVALID", "Some fields cannot be accepted", {
    errors: fieldErrors(parsed.error, base, value),
  });
}

function readJson(body: Uint8Array): unknown {
  if (body.length > LIMITS.requestBytes) {
    throw new RappelError(
      "REQUEST_TOO_LARGE",
      `The request has ${body.length} bytes; at most ${LIMITS.requestBytes} are allowed`,
    );
  }
  return valueAt(body, scanJson(body));
}

function requireMedia(contentType: string | undefined, allowed: readonly string[]): void {
  if (contentType === undefined || contentType.trim() === "") return; // RFC 9110: without one, the receiver may decide
  const [media = "", ...parameters] = contentType
    .toLowerCase()
    .split(";")
    .map((part) => part.trim());
  const charset = parameters.find((parameter) => parameter.startsWith("charset="));
  if (allowed.includes(media) && (charset === undefined || /^charset="?utf-?8"?$/.test(charset))) return;
  throw new RappelError("UNSUPPORTED_MEDIA_TYPE", `Send Content-Type: ${allowed.join(" or ")}, in UTF-8`);
}
