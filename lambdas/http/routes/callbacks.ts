import { CallbackBody, CallbackChangeBody } from "../schemas/callback-body.ts";
import { CallbackId, CallbackQuery } from "../schemas/callback-query.ts";
import { CallbackRows, CallbackTestRows } from "../views/callback-views.ts";
import { BODY_ERRORS, JSON_MEDIA, type Route } from "./route.ts";

const PATH = "/v3/REST/eventcallbackurl";

/** Mailjet's interface to register URLs, so that its clients work unchanged. */
export const callbackRoutes = {
  createCallback: {
    method: "POST",
    path: PATH,
    function: "api",
    isCaseFree: true,
    scope: "manage:endpoints",
    summary: "Mailjet's interface: register a URL for an event type",
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
    isCaseFree: true,
    scope: "read",
    summary: "Mailjet's interface: list callbacks, with filters",
    query: CallbackQuery,
    answer: { status: 200, schema: CallbackRows },
    errors: ["FIELDS_INVALID", "WRITE_CONFLICT"],
  },
  getCallback: {
    method: "GET",
    path: `${PATH}/{id}`,
    function: "api",
    isCaseFree: true,
    scope: "read",
    summary: "Mailjet's interface: read a callback, by ID or `EventType|IsBackup`",
    params: CallbackId,
    answer: { status: 200, schema: CallbackRows },
    errors: ["CALLBACK_NOT_FOUND", "WRITE_CONFLICT"],
  },
  changeCallback: {
    method: "PUT",
    path: `${PATH}/{id}`,
    function: "api",
    isCaseFree: true,
    scope: "manage:endpoints",
    summary: "Mailjet's interface: change a callback; a new Url or Status `alive` resumes it",
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
    isCaseFree: true,
    scope: "manage:endpoints",
    summary: "Mailjet's interface: delete a callback",
    params: CallbackId,
    answer: { status: 204 },
    errors: ["CALLBACK_NOT_FOUND", "WRITE_CONFLICT"],
  },
  testCallback: {
    method: "POST",
    path: `${PATH}/{id}/test`,
    function: "api",
    isCaseFree: true,
    scope: "manage:endpoints",
    summary: "Mailjet's interface: send a sample event to a callback; it is neither logged nor counted",
    params: CallbackId,
    answer: { status: 200, schema: CallbackTestRows },
    errors: ["CALLBACK_NOT_FOUND", "ADDRESS_FORBIDDEN", "TOO_MANY_TESTS", "WRITE_CONFLICT"],
  },
} as const satisfies Record<string, Route>;
