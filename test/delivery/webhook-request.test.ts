import { readFileSync } from "node:fs";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { type Target, webhookFor } from "../../lambdas/delivery/model/webhook-request.ts";
import type { Event } from "../../lambdas/events/model/event.ts";
import { framed } from "../../lambdas/payload/body-formats.ts";
import type { Format } from "../../lambdas/payload/formats.ts";
import { newSecret, signatureOf } from "../../lambdas/payload/signature.ts";

const Vectors = z.object({
  vectors: z.array(
    z.object({
      scheme: z.string(),
      secret: z.string(),
      id: z.string(),
      timestamp: z.number(),
      body: z.string(),
      signature: z.string(),
    }),
  ),
});
const { vectors } = Vectors.parse(
  JSON.parse(readFileSync(new URL("../fixtures/standard-webhooks-vectors.json", import.meta.url), "utf8")),
);
const NOW = Date.now();
const eventWith = (payload: Uint8Array): Event => ({
  id: "evt_01JD7X1RZ8M3V0A6Q5T2Y9WKBC",
  account: "acme",
  type: "email.opened",
  source: "api",
  acceptedAt: NOW,
  occurredAt: Date.UTC(2026, 10, 21, 12),
  payload,
});
const targetWith = (more: Partial<Target>): Target => ({
  url: "https://example.com/",
  format: "standard",
  encoding: "json",
  headers: {},
  secrets: [newSecret(Buffer.alloc(32, 7))],
  timeoutMs: 15_000,
  ...more,
});

const bodyIn = (format: Format, ...events: Event[]) =>
  framed({ format, encoding: "json", isGrouped: false }, events).body;

describe("webhook signatures", () => {
  it.each(vectors.filter(({ scheme }) => scheme === "v1"))(
    "the signature matches the Standard Webhooks vector $id",
    ({ secret, id, timestamp, body, signature }) => {
      expect(signatureOf([secret], id, timestamp, Buffer.from(body))).toBe(signature);
    },
  );

  it("the official library accepts the signature of any JSON with any secret", () => {
    fc.assert(
      fc.property(fc.json(), fc.uint8Array({ minLength: 32, maxLength: 32 }), (json, random) => {
        const secret = newSecret(random);
        const { headers, body } = webhookFor(
          targetWith({ secrets: [secret], format: "raw" }),
          [eventWith(Buffer.from(json))],
          NOW,
        );
        new Webhook(secret).verify(Buffer.from(body).toString(), { ...headers });
      }),
    );
  });

  it("the official library refuses a signature if one byte of the body changed", () => {
    const secret = newSecret(Buffer.alloc(32, 1));
    const { headers } = webhookFor(targetWith({ secrets: [secret] }), [eventWith(Buffer.from("{}"))], NOW);
    expect(() => new Webhook(secret).verify("{ }", { ...headers })).toThrow();
  });

  it("the header has one signature per valid secret, newest first, and each verifies", () => {
    const secrets = [newSecret(Buffer.alloc(32, 2)), newSecret(Buffer.alloc(32, 3))];
    const { headers, body } = webhookFor(targetWith({ secrets }), [eventWith(Buffer.from("1"))], NOW);
    expect(headers["webhook-signature"]?.split(" ")).toHaveLength(2);
    for (const secret of secrets) new Webhook(secret).verify(Buffer.from(body).toString(), { ...headers });
  });
});

describe("the format standard", () => {
  it("the format standard wraps the unchanged payload with id, type and timestamp, in this order", () => {
    const payload = '{"zebra":1.10,"1":19421777396190491,"alpha":1e400,"alpha":"\\ud800\uffff"}';
    expect(Buffer.from(bodyIn("standard", eventWith(Buffer.from(payload)))).toString()).toBe(
      `{"id":"evt_01JD7X1RZ8M3V0A6Q5T2Y9WKBC","type":"email.opened","timestamp":"2026-11-21T12:00:00.000Z","data":${payload}}`,
    );
  });

  it("the format standard is valid JSON for any payload", () => {
    fc.assert(
      fc.property(
        fc.json(),
        (json) =>
          JSON.stringify(JSON.parse(Buffer.from(bodyIn("standard", eventWith(Buffer.from(json)))).toString()).data) ===
          JSON.stringify(JSON.parse(json)),
      ),
    );
  });
});

describe("the format raw", () => {
  it("the format raw is the payload alone", () => {
    const payload = Buffer.from(" 1.10");
    expect(bodyIn("raw", eventWith(payload))).toEqual(payload);
  });
});

describe("webhook headers", () => {
  it("the url's userinfo is sent as Basic credentials", () => {
    const { headers } = webhookFor(
      targetWith({ userinfo: { user: "ü", password: "p:w" } }),
      [eventWith(Buffer.from("1"))],
      NOW,
    );
    expect(headers["authorization"]).toBe(`Basic ${Buffer.from("ü:p:w").toString("base64")}`);
  });

  it("custom headers cannot replace Rappel's headers", () => {
    const { headers } = webhookFor(
      targetWith({ headers: { "webhook-id": "forged", "content-type": "text/plain", "x-team": "a" } }),
      [eventWith(Buffer.from("1"))],
      NOW,
    );
    expect(headers).toMatchObject({
      "webhook-id": "evt_01JD7X1RZ8M3V0A6Q5T2Y9WKBC",
      "content-type": "application/json",
      "x-team": "a",
    });
  });

  it("webhook-timestamp is the time of the attempt in whole seconds", () => {
    expect(webhookFor(targetWith({}), [eventWith(Buffer.from("1"))], 1_999).headers["webhook-timestamp"]).toBe("1");
  });
});

describe("groups of events", () => {
  const first = eventWith(Buffer.from('{"n":1.10}'));
  const second = { ...eventWith(Buffer.from("[19421777396190491]")), id: "evt_01JD7X1RZ8M3V0A6Q5T2Y9WKBD" };
  const group = { maxEvents: 10, maxBytes: 10_000, windowMs: 1_000 };
  const grouped = targetWith({ group, format: "raw" });

  it("a group is one POST of an array, and a header lists its event ids in order", () => {
    const { body, headers } = webhookFor(grouped, [first, second], NOW);
    expect(Buffer.from(body).toString()).toBe('[{"n":1.10},[19421777396190491]]');
    expect(headers["rappel-event-ids"]).toBe(`${first.id},${second.id}`);
  });

  it("a group's id depends only on its members, and its signature verifies", () => {
    const { headers, body } = webhookFor(grouped, [first, second], NOW);
    const id = headers["webhook-id"];
    expect(id).toMatch(/^grp_[0-9A-Z]{26}$/);
    expect(webhookFor(grouped, [first, second], NOW + 60_000).headers["webhook-id"]).toBe(id);
    expect(webhookFor(grouped, [second, first], NOW).headers["webhook-id"]).not.toBe(id);
    const third = { ...second, id: "evt_01JD7X1RZ8M3V0A6Q5T2Y9WKBE" };
    expect(webhookFor(grouped, [first, third], NOW).headers["webhook-id"]).not.toBe(id);
    new Webhook(grouped.secrets[0] ?? "").verify(Buffer.from(body).toString(), { ...headers });
  });

  it("a group of one is an array with the event's own id", () => {
    const { headers, body } = webhookFor(grouped, [first], NOW);
    expect(headers["webhook-id"]).toBe(first.id);
    expect(Buffer.from(body).toString()).toBe('[{"n":1.10}]');
  });
});
