import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import { EVENT_TYPES } from "../../lambdas/events/model/event-type-catalog.ts";
import { CALLBACK_TYPE_NAMES } from "../../lambdas/mailjet/model/callback.ts";
import { testEventOf } from "../../lambdas/mailjet/model/test-event.ts";
import {
  exhaustedEvents,
  failureRateEvents,
  statusEvents,
} from "../../lambdas/notifications/model/operational-event.ts";
import { framed } from "../../lambdas/payload/body-formats.ts";
import { FORMATS, type Format, type FormattedEvent } from "../../lambdas/payload/formats.ts";
import { eventWith } from "../support/examples.ts";
import { webhookValidator } from "../support/openapi-schemas.ts";

/** Expects that a body matches the schema of its format in the OpenAPI document's `webhooks`. */
function expectListed(name: string, format: Format, isGrouped: boolean, events: readonly FormattedEvent[]): void {
  const { body, mediaType } = framed({ format, encoding: "json", isGrouped }, events);
  const validate = webhookValidator(name, mediaType);
  const json: unknown = JSON.parse(Buffer.from(body).toString());
  expect([json, validate(json), validate.errors]).toEqual([json, true, null]);
}
const eventOf = (type: string, source: "mailjet" | "sarbacane" | "api", json: string) =>
  eventWith({ type, source, payload: Buffer.from(json) });

describe("the bodies of POSTs and the OpenAPI document's webhooks", () => {
  it.each(FORMATS)("any payload in the format %s matches its schema, alone and in a group", (format) => {
    fc.assert(
      fc.property(fc.array(fc.json(), { minLength: 1, maxLength: 5 }), fc.boolean(), (payloads, isGrouped) => {
        const events = payloads.map((json) => eventOf("email.opened", "api", json));
        expectListed(format, format, isGrouped, isGrouped ? events : events.slice(0, 1));
      }),
    );
  });

  it("each sample and each test event matches the schema of its platform's events", () => {
    for (const { type, source, sample } of EVENT_TYPES)
      for (const isGrouped of [false, true]) expectListed(source, source, isGrouped, [eventOf(type, source, sample)]);
    for (const type of CALLBACK_TYPE_NAMES)
      expectListed("mailjet", "mailjet", false, [eventOf(type, "mailjet", testEventOf(type, 0))]);
  });

  it("a body in another format's shape does not match", () => {
    for (const json of ['{"id":"evt_1"}', "5", '{"event":"open"}'])
      expect(webhookValidator("standard", "application/json")(JSON.parse(json))).toBe(false);
    expect(webhookValidator("mailjet", "application/json")({ type: "open" })).toBe(false);
    expect(webhookValidator("cloudevents", "application/cloudevents+json")([])).toBe(false);
  });

  it("operational webhooks match their schema", () => {
    const state = {
      ...newState("ep_01JD7X1RZ8M3V0A6Q5T2Y9WKBC", "acme", 0),
      announced: 1,
      announce: [{ number: 1, type: "rappel.endpoint.suspended", at: 5, reason: "all 21 attempts failed" }],
    } as const;
    const ended = {
      endpoint: state.endpoint,
      account: "acme",
      eventId: "evt_01JD7X1RZ8M3V0A6Q5T2Y9WKBC",
      type: "t",
      status: "exhausted",
      reason: "schedule",
      endedAt: 5,
      attempts: [],
      keptUntil: 9,
    } as const;
    const seen = { version: 1, seenAt: 5, isPublished: false, overAt: 1e9 };
    const alert = { ...seen, source: "mailjet", destination: "example.com", delivered: 1, undelivered: 9 } as const;
    const all = [
      ...statusEvents(state, "operator"),
      ...exhaustedEvents(ended, "operator"),
      ...failureRateEvents("acme", alert, { percent: 60, minutes: 15, emails: 100 }, "operator"),
    ];
    expect(all).toHaveLength(6);
    for (const event of all) expectListed("operational", "standard", false, [event]);
  });
});
