import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { EVENT_TYPES } from "../../../lambdas/events/model/event-type-catalog.ts";
import { ENCODINGS, FORMATS, XML_FORMATS } from "../../../lambdas/payload/formats.ts";
import { plain, treeOfXml } from "../../payload/xml-reader.ts";
import { eventually, openFixture, register } from "../support/fixture.ts";
import type { Received } from "../support/receiver.ts";

const { callerOf, receive } = openFixture();

/** Parses JSON with the runtime's parser and keeps the digits of numbers as they were written. */
function read(text: string): unknown {
  return JSON.parse(text, (_, value: unknown, context?: { source?: string }) =>
    typeof value === "number" ? { digits: context?.source } : value,
  );
}
const SAMPLES = EVENT_TYPES.map(({ sample }) => read(sample));
const WAYS = FORMATS.flatMap((format) =>
  ENCODINGS.filter((encoding) => encoding === "json" || XML_FORMATS.includes(format)).flatMap((encoding) =>
    [false, true].map((isGrouped) => ({ format, encoding, isGrouped })),
  ),
);

/** The payloads of the received bodies. The flat formats add their own two members to the other platform's objects. */
function payloadsIn(received: readonly Received[], { format, encoding, isGrouped }: (typeof WAYS)[number]): unknown[] {
  const bodies = received.map(({ body }) =>
    encoding === "xml" ? plain(treeOfXml(body).value) : read(body.toString()),
  );
  const events = isGrouped ? bodies.flatMap((body) => z.array(z.unknown()).parse(body)) : bodies;
  return events.map((event) => {
    const members = z.record(z.string(), z.unknown()).parse(event);
    if (format === "standard" || format === "cloudevents") return members["data"];
    const { event: named, time, type, date, ...rest } = members;
    if (format === "mailjet" && "sendId" in members) return { ...rest, type, date };
    return format === "sarbacane" && "MessageID" in members ? { ...rest, event: named, time } : members;
  });
}

describe("every sample of both platforms", { timeout: 900_000 }, () => {
  it("every sample is delivered in every format and encoding, alone and in groups, signed and with all digits", async () => {
    const caller = await callerOf("formats");
    const targets = await Promise.all(
      WAYS.map(async (way) => {
        const receiver = await receive();
        const { format, encoding, isGrouped } = way;
        const group = isGrouped ? { group: { windowMs: 1_000 } } : {};
        const id = await register(caller, receiver.url, { format, encoding, ...group });
        const { json } = await caller.call("GET", `/v1/endpoints/${id}/secret`);
        return { way, receiver, secret: z.object({ secret: z.string() }).parse(json).secret };
      }),
    );
    for (const source of ["mailjet", "sarbacane"]) {
      const samples = EVENT_TYPES.filter((eventType) => eventType.source === source).map(({ sample }) => sample);
      expect((await caller.call("POST", `/v1/sources/${source}`, `[${samples.join(",")}]`)).status).toBe(200);
    }
    const sorted = (values: readonly unknown[]) => values.map((value) => JSON.stringify(value)).toSorted();
    const inOrder = (value: unknown) => Object.fromEntries(Object.entries(Object(value)).toSorted());
    for (const { way, receiver, secret } of targets) {
      await eventually(async () =>
        expect([way, sorted(payloadsIn(receiver.received, way).map(inOrder))]).toEqual([
          way,
          sorted(SAMPLES.map(inOrder)),
        ]),
      );
      if (way.isGrouped) expect(receiver.received.length).toBeLessThan(SAMPLES.length);
      for (const { headers, body } of receiver.received)
        new Webhook(secret).verify(body.toString(), { ...headers }, { jsonParse: false });
    }
  });
});
