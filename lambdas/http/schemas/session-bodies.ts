import * as z from "zod";
import { SCOPES } from "../../accounts/model/key.ts";
import { LINK_SCOPES, type NewLink } from "../../accounts/model/session.ts";
import { LIMITS } from "../../shared/limits.ts";
import { EndpointIdParam } from "./fields.ts";

function seconds(min: number, max: number, byDefault: number) {
  const allowed = `a whole number of seconds from ${min} to ${max}`;
  return z.int(allowed).min(min, allowed).max(max, allowed).default(byDefault);
}

const RETURN_ALLOWED = "an https:// URL without user and password (http:// on localhost)";
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

function isReturnUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== "" || url.password !== "") return false;
  return url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK.test(url.hostname));
}

const SCOPES_ALLOWED = `one or more of ${SCOPES.join(", ")}`;

/** The body of `POST /v1/accounts/{account}/portal-links`: empty, or how the link and its session are. */
export const PortalLinkBody = z
  .strictObject({
    expiresIn: seconds(LIMITS.linkSecondsMin, LIMITS.linkSecondsMax, LIMITS.linkSeconds).meta({
      description: "Seconds in which the link can be used, once.",
    }),
    sessionSeconds: seconds(LIMITS.sessionSecondsMin, LIMITS.sessionSecondsMax, LIMITS.sessionSeconds).meta({
      description: "Seconds that the session lasts, from the use of the link.",
    }),
    scopes: z
      .array(z.enum(SCOPES, SCOPES_ALLOWED), SCOPES_ALLOWED)
      .min(1, SCOPES_ALLOWED)
      .default([...LINK_SCOPES])
      .meta({ description: "What the session may do: at most what the key may." }),
    endpoint: EndpointIdParam.optional().meta({
      description: "The only endpoint that the session shows and changes. Default: all of the account.",
    }),
    returnUrl: z
      .string("a string")
      .max(LIMITS.urlChars, `at most ${LIMITS.urlChars} characters`)
      .refine(isReturnUrl, { error: RETURN_ALLOWED })
      .optional()
      .meta({
        description: `Where the console leads back to: ${RETURN_ALLOWED}.`,
        example: "https://app.example.com/settings",
        override: { pattern: "^https?://" },
      }),
  })
  .transform(
    ({ expiresIn, sessionSeconds, scopes, endpoint, returnUrl }): NewLink => ({
      expiresInSeconds: expiresIn,
      sessionSeconds,
      scopes: [...new Set(scopes)],
      ...(endpoint !== undefined && { endpoint }),
      ...(returnUrl !== undefined && { returnUrl }),
    }),
  )
  .meta({ id: "PortalLinkInput" });

/** The body of `POST /v1/sessions`: a link's code, or empty with a key in `Authorization`. */
export const SessionBody = z
  .strictObject({
    code: z
      .string("a string")
      .max(LIMITS.codeChars, `at most ${LIMITS.codeChars} characters`)
      .optional()
      .meta({ description: "What follows `#code=` in the link. Without it, send a key as HTTP Basic credentials." }),
  })
  .meta({ id: "SessionInput" });
