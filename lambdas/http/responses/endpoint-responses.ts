import * as z from "zod";
import { STATUS_REASON_CODES } from "../../endpoints/model/endpoint-state.ts";
import { At, StatusReasonParams } from "./common.ts";

const Schedule = z
  .union([z.string(), z.array(z.strictObject({ times: z.int(), everySeconds: z.number() }))])
  .meta({ id: "RetrySchedule", description: "A preset's name, or custom stages." });
const GroupView = z
  .strictObject({ maxEvents: z.int(), maxBytes: z.int(), windowMs: z.int() })
  .meta({ id: "Group", description: "How events are grouped into one POST." });

const endpointFields = {
  id: z.string(),
  account: z.string(),
  url: z.string().meta({
    description: "A password is shown as ***. A key with only `read:status` sees no user, and *** for the query.",
  }),
  description: z.string(),
  eventTypes: z.array(z.string()),
  preset: z.string(),
  format: z.string(),
  encoding: z.string(),
  success: z.string(),
  group: GroupView.nullable(),
  backupOf: z.array(z.string()).nullable(),
  retrySchedule: Schedule,
  timeoutMs: z.int(),
  releaseRate: z.int(),
  rateLimit: z.int().nullable(),
  headers: z.record(z.string(), z.string()).meta({ description: "Values are shown as ***." }),
  metadata: z.record(z.string(), z.string()),
  status: z.enum(["active", "failing", "suspended", "paused", "deleted"]),
  statusReason: z.string().meta({ description: "In English. Made from `statusReasonCode` and `statusReasonParams`." }),
  statusReasonCode: z.enum(STATUS_REASON_CODES),
  statusReasonParams: StatusReasonParams,
  statusSince: At,
  consecutiveFailures: z.int(),
  lastSuccessAt: At.nullable().meta({
    description: "Updated at most every 5 minutes, and when a failing endpoint works again.",
  }),
  lastLoopAt: At.nullable().meta({
    description:
      "When this URL, which is Rappel itself, last refused an event that was going round in a loop. Updated at most every 5 minutes.",
  }),
  pausedUntil: At.nullable().meta({ description: "When a pause ends. null: not paused, or paused without an end." }),
  retryAfterUntil: At.nullable().meta({
    description: "Nothing is sent before this time, because the receiver responded with Retry-After.",
  }),
  pendingCount: z.int().optional().meta({
    description:
      "Pending deliveries, counted up to 1,000. In lists, this and the next three fields are present only with `include=pending`.",
  }),
  pendingCountIsComplete: z.boolean().optional().meta({
    description: "false: there are `pendingCount` or more. Show it as `1000+`.",
  }),
  oldestPendingAt: At.nullable().optional().meta({
    description: "When the oldest pending event was accepted. null: nothing is pending.",
  }),
  nextAttemptAt: At.nullable().optional().meta({
    description:
      "When the next attempt from the backlog is made, at the earliest. In the past: it is due now. null: nothing is pending, or nothing is sent (suspended, or paused without an end).",
  }),
  managedBy: z.enum(["user", "callbacks"]).meta({
    description: "`callbacks`: Mailjet's interface manages its url, eventTypes, group and backupOf.",
  }),
  createdAt: At,
  updatedAt: At,
};
export const EndpointView = z.strictObject(endpointFields).meta({ id: "Endpoint" });
export const CreatedEndpointView = z
  .strictObject({
    ...endpointFields,
    secret: z.string().optional().meta({ description: "Absent if the key has not the scope `manage`." }),
    verification: z.strictObject({ library: z.string(), snippet: z.string() }).optional(),
  })
  .meta({ id: "CreatedEndpoint" });
export const CheckedUrlView = z
  .strictObject({ url: z.string().meta({ description: "As an endpoint would show it: without its password." }) })
  .meta({ id: "CheckedUrl" });
export const SecretView = z
  .strictObject({
    secret: z.string(),
    previous: z
      .array(z.strictObject({ secret: z.string(), until: At }))
      .meta({ description: "Rotated secrets, which still sign until then." }),
  })
  .meta({ id: "Secret" });
