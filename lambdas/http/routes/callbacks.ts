import { CallbackBody, CallbackChangeBody } from "../schemas/callback-body.ts";
import { CallbackId, CallbackQuery } from "../schemas/callback-query.ts";
import { CallbackRows, CallbackTestRows } from "../views/callback-views.ts";
import { BODY_ERRORS, JSON_MEDIA, type Route } from "./route.ts";

const PATH = "/v3/REST/eventcallbackurl";
/** Mailjet's own interface to register URLs, for its clients with their code unchanged. */
export const callbackRoutes = {
  createCallback: {
    method: "POST",
    path: PATH,
    function: "api",
    scope: "manage",
    summary: "Mailjet's: register a URL for a type of event",
    body: { read: "json", media: JSON_MEDIA, schema: CallbackBody },
    answer: { status: 201, schema: CallbackRows },
    errors: [
      ...BODY_ERRORS,
      "ACCOUNT_DELETED",
      "ADDRESS_FORBIDDEN",
      "CALLBACK_EXISTS",
      "ENDPOINT_LIMIT_REACHED",
      "WRITE_CONFLICT",
    ],
  },
  listCallbacks: {
    method: "GET",
    path: PATH,
    function: "api",
    scope: "read",
    summary: "Mailjet's: the account's callbacks, filtered",
    isCaseFree: true,
    query: CallbackQuery,
    answer: { status: 200, schema: CallbackRows },
    errors: ["FIELDS_INVALID", "WRITE_CONFLICT"],
  },
  getCallback: {
    method: "GET",
    path: `${PATH}/{id}`,
    function: "api",
    scope: "read",
    summary: "Mailjet's: one callback, by ID or `EventType|IsBackup`",
    params: CallbackId,
    answer: { status: 200, schema: CallbackRows },
    errors: ["CALLBACK_NOT_FOUND", "WRITE_CONFLICT"],
  },
  changeCallback: {
    method: "PUT",
    path: `${PATH}/{id}`,
    function: "api",
    scope: "manage",
    summary: "Mailjet's: change it; a new Url, or Status alive, revives it",
    params: CallbackId,
    body: { read: "json", media: JSON_MEDIA, schema: CallbackChangeBody },
    answer: { status: 200, schema: CallbackRows },
    errors: [
      ...BODY_ERRORS,
      "CALLBACK_NOT_FOUND",
      "ACCOUNT_DELETED",
      "ADDRESS_FORBIDDEN",
      "CALLBACK_EXISTS",
      "ENDPOINT_LIMIT_REACHED",
      "WRITE_CONFLICT",
    ],
  },
  deleteCallback: {
    method: "DELETE",
    path: `${PATH}/{id}`,
    function: "api",
    scope: "manage",
    summary: "Mailjet's: delete it",
    params: CallbackId,
    answer: { status: 204 },
    errors: ["CALLBACK_NOT_FOUND", "WRITE_CONFLICT"],
  },
  testCallback: {
    method: "POST",
    path: `${PATH}/{id}/test`,
    function: "api",
    scope: "manage",
    summary: "Mailjet's: POST it a sample of its type; counts for nothing",
    params: CallbackId,
    answer: { status: 200, schema: CallbackTestRows },
    errors: ["CALLBACK_NOT_FOUND", "ADDRESS_FORBIDDEN", "TOO_MANY_TESTS", "WRITE_CONFLICT"],
  },
} as const satisfies Record<string, Route>;
