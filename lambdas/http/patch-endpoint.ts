import { SCOPES } from "../accounts/model/key.ts";
import type { Endpoint, EndpointConfig } from "../endpoints/model/endpoint.ts";
import type { EndpointState } from "../endpoints/model/endpoint-state.ts";
import { type FieldError, RappelError } from "../shared/errors.ts";
import type { EndpointDefaults } from "./schemas/endpoint-body.ts";
import { patched } from "./schemas/endpoint-patch.ts";
import { endpointView } from "./views/endpoint-views.ts";

/** Read-only fields whose value must be the current one. Anything else would be a change that is not made. */
const FIXED = ["id", "account", "managedBy", "createdAt"] as const;
/** Read-only fields that deliveries change at any time: their value is ignored. */
const CHANGING = [
  "status",
  "statusReason",
  "statusReasonCode",
  "statusReasonParams",
  "statusSince",
  "consecutiveFailures",
  "lastSuccessAt",
  "lastLoopAt",
  "pausedUntil",
  "retryAfterUntil",
  "pendingCount",
  "pendingCountIsComplete",
  "oldestPendingAt",
  "nextAttemptAt",
  "updatedAt",
] as const;

/**
 * Applies a merge patch to an endpoint. The patch may be the whole endpoint as `GET` showed it.
 * @throws {RappelError} `FIELDS_INVALID`
 */
export function patchedEndpoint(
  patch: unknown,
  defaults: EndpointDefaults,
): (endpoint: Endpoint, state: EndpointState) => EndpointConfig {
  return (endpoint, state) =>
    patched(withoutReadOnly(patch, endpointView({ endpoint, state, readAt: 0 }, SCOPES)), defaults)(endpoint);
}

function withoutReadOnly(patch: unknown, view: ReturnType<typeof endpointView>): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const sent = new Map(Object.entries(patch));
  const errors = FIXED.flatMap((name): FieldError[] => {
    if (!sent.has(name) || sent.get(name) === view[name]) return [];
    return [{ pointer: `/${name}`, detail: "is read-only", allowed: "the current value" }];
  });
  // Only a user pauses and resumes: any other difference is a change since the endpoint was read.
  if (sent.has("status") && (sent.get("status") === "paused") !== (view.status === "paused"))
    errors.push({
      pointer: "/status",
      detail: "is read-only",
      allowed: "the current value: pause or resume the endpoint to change it",
    });
  if (errors.length > 0) throw new RappelError("FIELDS_INVALID", "Some fields are invalid", { errors });
  const readOnly: readonly string[] = [...FIXED, ...CHANGING];
  return Object.fromEntries([...sent].filter(([name]) => !readOnly.includes(name)));
}
