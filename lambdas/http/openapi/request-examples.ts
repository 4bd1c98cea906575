import { EVENT_TYPES } from "../../events/model/event-type-catalog.ts";
import type { Operation } from "../routes.ts";

/** Requests in the OpenAPI document, by operation and name. A test sends each of them. */
export const REQUEST_EXAMPLES: Partial<Record<Operation, Readonly<Record<string, unknown>>>> = {
  sendEvents: {
    "One event": { type: "email.opened", data: { MessageID: 4242, score: 1.1 } },
    "An event with the producer's id and time": {
      type: "order.paid",
      eventId: "order-1042/paid",
      timestamp: "2026-11-21T12:00:00.000Z",
      data: { order: 1042, total: "19.90" },
    },
    "Several events": [
      { type: "email.opened", data: { email: "user@example.com" } },
      { type: "email.clicked", data: { email: "user@example.com", url: "https://example.com/" } },
    ],
  },
  sendMailjetEvents: { "One event": sampleOf("mailjet", "open"), "Several events": [sampleOf("mailjet", "sent")] },
  sendSarbacaneEvents: { "One event": sampleOf("sarbacane", "open") },
  createRecovery: {
    "What failed in the last 24 hours": {},
    "What one endpoint missed in an outage": {
      endpoint: "ep_01JD7X1RZ8M3V0A6Q5T2Y9WKBC",
      since: "2026-11-21T12:00:00.000Z",
      until: "2026-11-21T15:00:00.000Z",
    },
    "A replay to a new endpoint, first as an estimate": {
      endpoint: "ep_01JD7X1RZ8M3V0A6Q5T2Y9WKBC",
      types: ["email.*"],
      statuses: ["unsent"],
      dryRun: true,
    },
  },
  createEndpoint: {
    "All events of a prefix": { url: "https://example.com/webhooks", eventTypes: ["email.*"] },
    "Mailjet's rules, in groups": {
      url: "https://user:password@example.com/webhooks",
      eventTypes: ["open", "click"],
      preset: "mailjet",
      group: { maxEvents: 100, windowMs: 1_000 },
    },
    "Paused until its receiver is ready": { url: "https://example.com/webhooks", eventTypes: ["*"], status: "paused" },
    "Own retry schedule, headers and metadata": {
      url: "https://example.com/webhooks",
      eventTypes: ["*"],
      description: "Billing",
      retrySchedule: [
        { times: 10, everySeconds: 30 },
        { times: 10, everySeconds: 1_800 },
      ],
      timeoutMs: 10_000,
      releaseRate: 50,
      rateLimit: 100,
      headers: { "x-team": "billing" },
      metadata: { customer: "42" },
    },
  },
  checkUrl: { "A URL": { url: "https://example.com/webhooks" } },
  testUrl: { "A sample of Mailjet": { url: "https://example.com/webhooks", preset: "mailjet", eventType: "open" } },
  changeEndpoint: {
    "Other types, default timeout, no header": {
      eventTypes: ["email.*"],
      timeoutMs: null,
      headers: { "x-team": null },
    },
  },
  acknowledgeDeliveries: {
    "Two events": { events: ["evt_01JD7X1RZ8M3V0A6Q5T2Y9WKBC", "evt_01JD7X1RZ8M3V0A6Q5T2Y9WKBD"] },
  },
  pauseEndpoint: { "Until it is resumed": {}, "Until a time": { until: "2030-01-01T00:00:00.000Z" } },
  resumeEndpoint: {
    "Deliver the backlog": {},
    "Skip the backlog": { backlog: "skip" },
    "Skip what is older": { backlog: { since: "2026-11-21T12:00:00.000Z" } },
  },
  rotateSecret: { "A day's overlap": {}, "After a leak": { overlapHours: 0 } },
  testEndpoint: { "The preset's sample": {}, "A sample": { eventType: "open", source: "mailjet" } },
  resendEvent: {
    "To all that subscribe": {},
    "To one endpoint": { endpoints: ["ep_01JD7X1RZ8M3V0A6Q5T2Y9WKBC"] },
  },
  putAccount: {
    Defaults: {},
    "With limits": { name: "Acme Ltd.", retentionDays: 90, limits: { endpoints: 100, eventsPerSecond: 200 } },
  },
  createKey: {
    "All scopes": {},
    "Only to send, for a year": { name: "shop", scopes: ["send"], expiresAt: "2030-01-01T00:00:00.000Z" },
  },
  createPortalLink: {
    "For a customer, with a way back": { returnUrl: "https://app.example.com/settings" },
    "For support staff, one endpoint, read only": {
      expiresIn: 60,
      scopes: ["read:status"],
      endpoint: "ep_01JD7X1RZ8M3V0A6Q5T2Y9WKBC",
    },
  },
  createSession: {
    "With a link's code": { code: "ses_01JD7X1RZ8M3V0A6Q5T2Y9WKBC.dGhpcyBpcyBub3QgYSByZWFsIGNvZGUgYXQgYWxsISE" },
    "With a key, in Authorization": {},
  },
  createCallback: {
    "One event per POST": { EventType: "open", Url: "https://example.com/webhooks" },
    "A backup, in groups": { EventType: "open", Url: "https://example.com/backup", IsBackup: true, Version: 2 },
  },
  changeCallback: { "Another Url": { Url: "https://example.com/moved" }, Resume: { Status: "alive" } },
};

/** A platform's sample. Its long numbers are rounded here: a JSON document that is parsed cannot hold them. */
function sampleOf(source: string, type: string): unknown {
  return JSON.parse(EVENT_TYPES.find((sample) => sample.source === source && sample.type === type)?.sample ?? "null");
}
