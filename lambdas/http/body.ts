import { scanJson, valueAt } from "../payload/json-scan.ts";
import { RappelError } from "../shared/errors.ts";
import { LIMITS } from "../shared/limits.ts";
import { inSchemaCase } from "./case-free.ts";
import type { HttpRequest } from "./http.ts";
import type { Route } from "./routes/route.ts";
import { parseFields } from "./schemas/parse-fields.ts";

/** Reads a request's body as its route defines it; `undefined` if the route has no body. */
export function readBody(route: Route, { headers, body }: HttpRequest): unknown {
  if (route.body === undefined) return undefined;
  requireIdentity(headers["content-encoding"]);
  requireMedia(headers["content-type"], route.body.media);
  if (route.body.read === "bytes") return body;
  const value = route.body.isOptional && body.length === 0 ? {} : readJson(body);
  const { schema } = route.body;
  return route.body.read === "patch" ? value : parseFields(schema, inSchemaCase(route, schema, value));
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

/** A compressed body would be read as invalid JSON, and its size is not bounded by the bytes that arrive. */
function requireIdentity(contentEncoding = ""): void {
  if (["", "identity"].includes(contentEncoding.trim().toLowerCase())) return;
  throw new RappelError(
    "UNSUPPORTED_MEDIA_TYPE",
    "The body's Content-Encoding is not supported: send it uncompressed, without Content-Encoding",
  );
}

function requireMedia(contentType: string | undefined, allowed: readonly string[]): void {
  if (contentType === undefined || contentType.trim() === "") return; // RFC 9110: without a content type the server may decide
  const [media = "", ...parameters] = contentType
    .toLowerCase()
    .split(";")
    .map((part) => part.trim());
  const charset = parameters.find((parameter) => parameter.startsWith("charset="));
  if (allowed.includes(media) && (charset === undefined || /^charset="?utf-?8"?$/.test(charset))) return;
  throw new RappelError(
    "UNSUPPORTED_MEDIA_TYPE",
    `The body's Content-Type is not supported: send ${allowed.join(" or ")}, in UTF-8`,
  );
}
