import * as z from "zod";
import { AccountView, CreatedKeyView, KeyView, WhoamiView } from "../responses/account-responses.ts";
import { listOf } from "../responses/common.ts";
import { AccountBody, KeyBody } from "../schemas/account-bodies.ts";
import { AccountCursor, AccountName, KeyIdParam, Limit } from "../schemas/fields.ts";
import { BODY_ERRORS, JSON_MEDIA, type Route } from "./route.ts";

const account = z.strictObject({ account: AccountName });

/** Accounts and their keys. */
export const accountRoutes = {
  listAccounts: {
    method: "GET",
    path: "/v1/accounts",
    function: "api",
    scope: "read:status",
    isOperators: true,
    namesAccounts: true,
    summary: "List accounts, by id",
    query: z.strictObject({ limit: Limit, cursor: AccountCursor.optional() }),
    answer: { status: 200, schema: listOf(AccountView, "AccountList") },
    errors: ["FIELDS_INVALID", "OPERATOR_KEY_REQUIRED"],
  },
  getAccount: {
    method: "GET",
    path: "/v1/accounts/{account}",
    function: "api",
    scope: "read:status",
    summary: "Read an account, with its limits and the progress of its deletion",
    params: account,
    answer: { status: 200, schema: AccountView },
    errors: ["ACCOUNT_NOT_FOUND"],
  },
  putAccount: {
    method: "PUT",
    path: "/v1/accounts/{account}",
    function: "api",
    scope: "manage",
    isOperators: true,
    summary: "Create an account, or set its name, retention and limits",
    params: account,
    body: { read: "json", isOptional: true, media: JSON_MEDIA, schema: AccountBody },
    answer: { status: 200, schema: AccountView },
    errors: [...BODY_ERRORS, "ACCOUNT_NOT_FOUND", "ACCOUNT_DELETED", "OPERATOR_KEY_REQUIRED"],
  },
  deleteAccount: {
    method: "DELETE",
    path: "/v1/accounts/{account}",
    function: "api",
    scope: "manage",
    isOperators: true,
    summary: "Delete an account in the background: cancels pending deliveries, then erases all data",
    params: account,
    answer: { status: 202, schema: AccountView },
    errors: ["ACCOUNT_NOT_FOUND", "ACCOUNT_PROTECTED", "OPERATOR_KEY_REQUIRED"],
  },
  createKey: {
    method: "POST",
    path: "/v1/accounts/{account}/keys",
    function: "api",
    scope: "manage",
    refusesLinks: true,
    summary: "Create a key for an account; returns its secret once",
    params: account,
    body: { read: "json", isOptional: true, media: JSON_MEDIA, schema: KeyBody },
    answer: { status: 201, schema: CreatedKeyView },
    errors: [...BODY_ERRORS, "ACCOUNT_NOT_FOUND", "ACCOUNT_DELETED", "KEY_LIMIT_REACHED", "SCOPE_MISSING"],
  },
  listKeys: {
    method: "GET",
    path: "/v1/accounts/{account}/keys",
    function: "api",
    scope: "read",
    summary: "List an account's keys, oldest first, without secrets",
    params: account,
    answer: { status: 200, schema: listOf(KeyView, "KeyList") },
    errors: ["ACCOUNT_NOT_FOUND"],
  },
  deleteKey: {
    method: "DELETE",
    path: "/v1/accounts/{account}/keys/{id}",
    function: "api",
    scope: "manage",
    summary: "Delete a key; it stops working within 30 s",
    params: account.extend({ id: KeyIdParam }),
    answer: { status: 204 },
    errors: ["KEY_NOT_FOUND", "ACCOUNT_NOT_FOUND"],
  },
  whoami: {
    method: "GET",
    path: "/v1/whoami",
    function: "api",
    scope: "any",
    namesAccounts: true,
    ofEndpoint: "any",
    summary: "Read which key or session this is: its account, scopes and expiry",
    answer: { status: 200, schema: WhoamiView },
    errors: [],
  },
} as const satisfies Record<string, Route>;
