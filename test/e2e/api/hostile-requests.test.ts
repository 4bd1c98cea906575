import { request } from "node:http";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROUTES } from "../../../lambdas/http/routes.ts";
import { type Caller, type Rappel, startRappel } from "../support/harness.ts";

let rappel: Rappel;
let caller: Caller;
beforeAll(async () => {
  rappel = await startRappel();
  caller = await rappel.callerOf("hostile");
}, 300_000);
afterAll(() => rappel?.stop());

/** Sends requests that `fetch` would refuse: any path, and a body with any method. */
function send(method: string, path: string, headers: Record<string, string>, body: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(rappel.url);
    const sent = request(
      {
        hostname,
        port,
        method,
        path,
        headers: { authorization: caller.authorization, ...headers, "content-length": body.length },
      },
      (response) => {
        response.resume().on("end", () => resolve(response.statusCode ?? 0));
      },
    );
    sent.on("error", reject).end(body);
  });
}

const json = fc.oneof(
  fc.json(),
  fc
    .record(
      { type: fc.anything(), data: fc.anything(), eventId: fc.anything(), timestamp: fc.anything() },
      { requiredKeys: [] },
    )
    .map((value) => safeJson(value)),
  fc
    .record(
      {
        url: fc.oneof(fc.webUrl(), fc.string()),
        eventTypes: fc.anything(),
        headers: fc.anything(),
        metadata: fc.anything(),
        retrySchedule: fc.anything(),
        timeoutMs: fc.anything(),
      },
      { requiredKeys: [] },
    )
    .map((value) => safeJson(value)),
);
const body = fc.oneof(
  json.map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
);
const segment = fc.oneof(
  fc.string().map(encodeURIComponent),
  fc.constantFrom(
    "..",
    "%2e%2e",
    "%E0%A4%A",
    "%00",
    "ep_01JD7X1RZ8M3V0A6Q5T2Y9WKBC",
    "evt_71JD7X1RZ8M3V0A6Q5T2Y9WKBC",
    "evt_01JD7X1RZ8M3V0A6Q5T2Y9WKBC",
    "",
  ),
);
const query = fc.dictionary(
  fc.constantFrom("limit", "cursor", "type", "after", "before", "eventId", "status", "x"),
  fc.oneof(fc.string(), fc.constantFrom("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "25", "ZXZ0X3gg", "pending")),
);

describe("random requests", () => {
  it.each(ROUTES)("random requests to $method $path are never answered with a 5xx", async ({ method: own, path }) => {
    const method = fc.oneof(
      fc.constant(own),
      fc.constant(own),
      fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE"),
    );
    await fc.assert(
      fc.asyncProperty(
        method,
        segment,
        query,
        body,
        fc.constantFrom(
          "application/json",
          "application/json;charset=utf-8",
          "text/plain",
          "",
          "application/merge-patch+json",
        ),
        async (verb, id, parameters, bytes, media) => {
          const target = `${path.replaceAll(/\{(id|endpoint)\}/g, () => id)}?${new URLSearchParams(parameters)}`;
          const status = await send(
            verb,
            target,
            { "content-type": media },
            verb === "TRACE" ? Buffer.alloc(0) : bytes,
          );
          expect([status, verb, target]).toEqual([expect.any(Number), verb, target]);
          // 502 and 504 mean that a function crashed, 503 that it could not reach its table.
          expect(status).toBeLessThan(500);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("random headers are never answered with a 5xx", async () => {
    const header = fc.string({ unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)) });
    await fc.assert(
      fc.asyncProperty(header, header, async (authorization, media) => {
        expect(
          await send("POST", "/v1/events", { authorization, "content-type": media }, Buffer.from("{}")),
        ).toBeLessThan(500);
      }),
      { numRuns: 60 },
    );
  });
});

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value, (_, one: unknown) => (typeof one === "bigint" ? String(one) : one)) ?? "null";
  } catch {
    return "null";
  }
}
