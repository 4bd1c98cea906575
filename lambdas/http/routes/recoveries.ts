import * as z from "zod";
import { listOf } from "../responses/common.ts";
import { RecoveryDryRunView, RecoveryView } from "../responses/recovery-responses.ts";
import { RecoveryBody } from "../schemas/action-bodies.ts";
import { Limit, RecoveryCursor, RecoveryIdParam } from "../schemas/fields.ts";
import { BODY_ERRORS, IDEMPOTENCY_ERRORS, JSON_MEDIA, type Route } from "./route.ts";

const recoveryId = z.strictObject({ id: RecoveryIdParam });

/** Sending again what was missed. */
export const recoveryRoutes = {
  createRecovery: {
    method: "POST",
    path: "/v1/recoveries",
    function: "api",
    ofEndpoint: "own",
    scope: "manage:endpoints",
    isIdempotent: true,
    summary: "Send again what an endpoint or the account has missed, in the background",
    body: { read: "json", media: JSON_MEDIA, schema: RecoveryBody },
    answer: { status: 202, schema: RecoveryView },
    otherAnswer: { status: 200, description: "With `dryRun`: only the estimate", schema: RecoveryDryRunView },
    errors: [
      ...BODY_ERRORS,
      ...IDEMPOTENCY_ERRORS,
      "ACCOUNT_DELETED",
      "ENDPOINT_NOT_FOUND",
      "RECOVERY_LIMIT_REACHED",
      "RECOVERY_NOT_FOUND",
      "QUEUE_UNAVAILABLE",
      "WRITE_CONFLICT",
    ],
  },
  listRecoveries: {
    method: "GET",
    path: "/v1/recoveries",
    function: "api",
    ofEndpoint: "own",
    scope: "read:status",
    namesAccounts: true,
    summary: "List recoveries, newest first; with an operator key and no account, the running ones of all accounts",
    query: z.strictObject({ limit: Limit, cursor: RecoveryCursor.optional() }),
    answer: { status: 200, schema: listOf(RecoveryView, "RecoveryList") },
    errors: ["FIELDS_INVALID"],
  },
  getRecovery: {
    method: "GET",
    path: "/v1/recoveries/{id}",
    function: "api",
    ofEndpoint: "own",
    scope: "read:status",
    summary: "Read a recovery and its progress",
    params: recoveryId,
    answer: { status: 200, schema: RecoveryView },
    errors: ["RECOVERY_NOT_FOUND"],
  },
  cancelRecovery: {
    method: "POST",
    path: "/v1/recoveries/{id}/cancel",
    function: "api",
    ofEndpoint: "own",
    scope: "manage:endpoints",
    summary: "Cancel a recovery; what has joined a backlog is still sent",
    params: recoveryId,
    answer: { status: 200, schema: RecoveryView },
    errors: ["RECOVERY_NOT_FOUND", "QUEUE_UNAVAILABLE"],
  },
} as const satisfies Record<string, Route>;
