import * as z from "zod";
import {
  BooleanField,
  CallbackBody,
  CallbackChangeBody,
  CallbackTypeField,
  StatusField,
  VersionField,
} from "../schemas/callback-body.ts";
import { CallbackRows, CallbackTestRows } from "../views/callback-views.ts";
import { BODY_ERRORS, JSON_MEDIA, type Route } from "./route.ts";

const PATH = "/v3/REST/eventcallbackurl";
const NAME_ALLOWED = "an ID, or EventType|IsBackup such as open|false";
const ROWS_MAX = 1_000; // Mailjet's
const ROWS_DEFAULT = 10; // Mailjet's

/** Its ID, or `open|false`: the bar raw or escaped, for a gateway may hand on either. */
const Name = z
  .string()
  .transform((text, context) => {
    const [type = "", isBackup, ...more] = text.replace(/%7c/i, "|").split("|");
    if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
    const [named, rank] = [CallbackTypeField.safeParse(type), BooleanField.safeParse(isBackup)];
    if (named.success && rank.success && more.length === 0) return { eventType: named.data, isBackup: rank.data };
    context.addIssue({ code: "custom", message: NAME_ALLOWED });
    return z.NEVER;
  })
  .meta({ description: `${NAME_ALLOWED}.`, example: "open|false", override: { type: "string" } });
const callbackName = z.strictObject({ id: Name });

const wholeText = (max: number) => {
  const allowed = `a whole number from 0 to ${max}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, allowed)
    .transform(Number)
    .refine((number) => number <= max, { error: allowed });
};

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
    query: z.strictObject({
      EventType: CallbackTypeField.optional(),
      Status: StatusField.optional(),
      Version: VersionField.optional(),
      Backup: BooleanField.optional(),
      Limit: wholeText(ROWS_MAX)
        .transform((limit) => limit || ROWS_MAX)
        .default(ROWS_DEFAULT)
        .meta({
          description: `Rows, ${ROWS_MAX} at most, which 0 stands for too.`,
          override: { type: "integer", minimum: 0, maximum: ROWS_MAX, default: ROWS_DEFAULT },
        }),
      Offset: wholeText(999_999_999)
        .default(0)
        .meta({ description: "Rows left out.", override: { type: "integer", minimum: 0, default: 0 } }),
      Sort: z
        .string()
        .regex(/^ID([ +](ASC|DESC))?$/i, "ID, ID ASC or ID DESC")
        .transform((text) => (/desc$/i.test(text) ? "DESC" : "ASC"))
        .default("ASC")
        .meta({ description: "`ID`, or `ID DESC`.", override: { type: "string" } }),
      countOnly: BooleanField.default(false).meta({ description: "Their number alone." }),
    }),
    answer: { status: 200, schema: CallbackRows },
    errors: ["FIELDS_INVALID", "WRITE_CONFLICT"],
  },
  getCallback: {
    method: "GET",
    path: `${PATH}/{id}`,
    function: "api",
    scope: "read",
    summary: "Mailjet's: one callback, by ID or `EventType|IsBackup`",
    params: callbackName,
    answer: { status: 200, schema: CallbackRows },
    errors: ["CALLBACK_NOT_FOUND", "WRITE_CONFLICT"],
  },
  changeCallback: {
    method: "PUT",
    path: `${PATH}/{id}`,
    function: "api",
    scope: "manage",
    summary: "Mailjet's: change it; a new Url, or Status alive, revives it",
    params: callbackName,
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
    params: callbackName,
    answer: { status: 204 },
    errors: ["CALLBACK_NOT_FOUND", "WRITE_CONFLICT"],
  },
  testCallback: {
    method: "POST",
    path: `${PATH}/{id}/test`,
    function: "api",
    scope: "manage",
    summary: "Mailjet's: POST it a sample of its type; counts for nothing",
    params: callbackName,
    answer: { status: 200, schema: CallbackTestRows },
    errors: ["CALLBACK_NOT_FOUND", "ADDRESS_FORBIDDEN", "TOO_MANY_TESTS", "WRITE_CONFLICT"],
  },
} as const satisfies Record<string, Route>;
