import * as z from "zod";
import { OUTCOMES } from "../../delivery/model/attempt.ts";
import { END_REASONS } from "../../delivery/model/delivery.ts";
import { STATUS_REASON_CODES } from "../../endpoints/model/endpoint-state.ts";
import { PRESETS } from "../../endpoints/model/preset.ts";
import { SUCCESS_RULES } from "../../endpoints/model/success-rule.ts";
import { SOURCES } from "../../events/model/event.ts";
import { CALLBACK_TYPE_NAMES } from "../../mailjet/model/callback.ts";
import { ENCODINGS, FORMATS } from "../../payload/formats.ts";

/** The format of an export: one schema for writing and reading. */

const At = z.codec(z.iso.datetime(), z.number(), {
  decode: (text) => Date.parse(text),
  encode: (at) => new Date(at).toISOString(),
});
/** Bytes as text. A payload is JSON in UTF-8, so every byte is preserved. */
const Text = z.codec(
  z.string(),
  z.custom<Uint8Array>((value) => value instanceof Uint8Array),
  {
    decode: (text) => Buffer.from(text),
    encode: (bytes) => Buffer.from(bytes).toString("utf8"),
  },
);
/** Masked as in API responses. */
const Userinfo = z.object({ user: z.string(), password: z.string() });
const Schedule = z.union([z.enum(PRESETS), z.array(z.object({ times: z.number(), everyMs: z.number() })).readonly()]);

const AttemptForm = z.object({
  startedAt: At,
  durationMs: z.number(),
  outcome: z.enum(OUTCOMES),
  reason: z.string().exactOptional(),
  answer: z
    .object({
      status: z.number(),
      headers: z.record(z.string(), z.string()),
      body: Text.exactOptional(),
      isTruncated: z.boolean(),
    })
    .exactOptional(),
});

const DeliveryForm = z.object({
  endpoint: z.string(),
  status: z.enum(["pending", "delivered", "exhausted", "cancelled"]),
  reason: z.enum(END_REASONS).exactOptional(),
  dueAt: At.exactOptional(),
  failures: z.number().exactOptional(),
  resentAt: At.exactOptional(),
  onBehalfOf: z.string().exactOptional(),
  attempts: z.array(AttemptForm).readonly(),
});

export const EventForm = z.object({
  id: z.string(),
  type: z.string(),
  source: z.enum(SOURCES),
  eventId: z.string().exactOptional(),
  acceptedAt: At,
  occurredAt: At,
  payload: Text,
  deliveries: z.array(DeliveryForm).readonly(),
});

const StateForm = z.object({
  status: z.enum(["active", "failing", "suspended", "paused", "deleted"]),
  statusReason: z.object({ code: z.enum(STATUS_REASON_CODES), attempts: z.number().exactOptional() }),
  statusSince: At,
  streak: z.number(),
  lastOkAt: At.exactOptional(),
  wasActive: z.boolean().exactOptional(),
  probeAt: At.exactOptional(),
  earlyProbeAt: At.exactOptional(),
  keptUntil: At.exactOptional(),
  notBefore: At.exactOptional(),
  wakeAt: At.exactOptional(),
});

/** Without secrets. Passwords and header values are masked. */
export const EndpointForm = z.object({
  id: z.string(),
  url: z.string(),
  userinfo: Userinfo.exactOptional(),
  description: z.string(),
  eventTypes: z.array(z.string()).readonly(),
  preset: z.enum(PRESETS),
  format: z.enum(FORMATS),
  encoding: z.enum(ENCODINGS),
  success: z.enum(SUCCESS_RULES),
  group: z.object({ maxEvents: z.number(), maxBytes: z.number(), windowMs: z.number() }).exactOptional(),
  backupOf: z.array(z.string()).readonly().exactOptional(),
  retrySchedule: Schedule,
  timeoutMs: z.number(),
  releaseRate: z.number(),
  rateLimit: z.number().exactOptional(),
  headers: z.record(z.string(), z.string()),
  metadata: z.record(z.string(), z.string()),
  managedBy: z.literal("callbacks").exactOptional(),
  createdAt: At,
  updatedAt: At,
  state: StateForm,
});

/** A callback of the Mailjet-compatible API, and its endpoint. */
export const CallbackForm = z.object({
  id: z.number(),
  eventType: z.enum(CALLBACK_TYPE_NAMES),
  apiKeyId: z.number(),
  endpoint: z.string(),
  url: z.string(),
  userinfo: Userinfo.exactOptional(),
  version: z.literal([1, 2]),
  isBackup: z.boolean(),
  shownUrl: z.string().exactOptional(),
});

export const AccountForm = z.object({
  id: z.string(),
  name: z.string(),
  retentionDays: z.number(),
  limits: z.object({ endpoints: z.number(), eventsPerSecond: z.number().exactOptional() }),
  createdAt: At.exactOptional(),
  updatedAt: At.exactOptional(),
});

/** The first fields of the file: they identify it as an export. */
export const HEAD = { rappel: "export", version: 1 } as const;

export const ExportForm = z.object({
  rappel: z.literal(HEAD.rappel),
  version: z.literal(HEAD.version),
  exportedAt: At,
  account: AccountForm,
  endpoints: z.array(EndpointForm).readonly(),
  callbacks: z.array(CallbackForm).readonly(),
  events: z.array(EventForm).readonly(),
});
