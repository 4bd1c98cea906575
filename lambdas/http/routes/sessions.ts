import * as z from "zod";
import { PortalLinkView, SessionView } from "../responses/session-responses.ts";
import { AccountName, SessionIdParam } from "../schemas/fields.ts";
import { PortalLinkBody, SessionBody } from "../schemas/session-bodies.ts";
import { BODY_ERRORS, JSON_MEDIA, type Route } from "./route.ts";

const account = z.strictObject({ account: AccountName });

/** Links to the console and the sessions that they open. */
export const sessionRoutes = {
  createPortalLink: {
    method: "POST",
    path: "/v1/accounts/{account}/portal-links",
    function: "api",
    scope: "manage",
    refusesLinks: true,
    summary: "Create a link that opens the console for an account, once",
    params: account,
    body: { read: "json", isOptional: true, media: JSON_MEDIA, schema: PortalLinkBody },
    answer: { status: 201, schema: PortalLinkView },
    errors: [...BODY_ERRORS, "ACCOUNT_NOT_FOUND", "ACCOUNT_DELETED", "ENDPOINT_NOT_FOUND", "SCOPE_MISSING"],
  },
  revokePortalLink: {
    method: "DELETE",
    path: "/v1/accounts/{account}/portal-links/{id}",
    function: "api",
    scope: "manage",
    summary: "Revoke a link and the session that it opened, within 30 s",
    params: account.extend({ id: SessionIdParam }),
    answer: { status: 204 },
    errors: ["LINK_NOT_FOUND", "ACCOUNT_NOT_FOUND"],
  },
  createSession: {
    method: "POST",
    path: "/v1/sessions",
    function: "api",
    scope: "public",
    isSignIn: true,
    namesAccounts: true,
    summary: "Open a session of the console with a link's code or with a key; sets a cookie",
    body: { read: "json", isOptional: true, media: JSON_MEDIA, schema: SessionBody },
    answer: { status: 201, schema: SessionView },
    errors: [...BODY_ERRORS, "KEY_INVALID", "LINK_INVALID", "ORIGIN_FORBIDDEN", "REQUEST_INVALID", "STORE_UNAVAILABLE"],
  },
  deleteSession: {
    method: "DELETE",
    path: "/v1/sessions/current",
    function: "api",
    scope: "any",
    namesAccounts: true,
    ofEndpoint: "any",
    summary: "End the session of this request and remove its cookie",
    answer: { status: 204 },
    errors: [],
  },
} as const satisfies Record<string, Route>;
