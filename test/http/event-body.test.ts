import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readEvents, readSourceEvents } from "../../lambdas/http/parse-events.ts";
import { RappelError } from "../../lambdas/shared/errors.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";

const bytesOf = (text: string) => Buffer.from(text, "utf8");
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("utf8");
const errorOf = (read: () => unknown): RappelError => {
  try {
    read();
  } catch (error) {
    if (error instanceof RappelError) return error;
    throw error;
  }
  throw new Error("The body was accepted");
};

describe("the body of POST /v1/events", () => {
  it("the payload is the exact bytes of data", () => {
    const { events, isBatch } = readEvents(
      bytesOf(' {"data" : { "zebra":1.10, "1":19421777396190491 } , "type":"a.b"}'),
    );
    expect(isBatch).toBe(false);
    expect(events.map(({ type, payload }) => [type, textOf(payload)])).toEqual([
      ["a.b", '{ "zebra":1.10, "1":19421777396190491 }'],
    ]);
  });

  it("the payload is byte for byte the same for any JSON value", () => {
    const payload = fc.oneof(
      fc.json(),
      fc.constantFrom(
        "1e400",
        "-0",
        "1.0",
        "1E2",
        '"\\ud800"',
        '"\u2028\uffff"',
        '{"a":1,"a":2}',
        "null",
        "[ ]",
        '{"__proto__":1}',
      ),
    );
    fc.assert(
      fc.property(fc.array(payload, { minLength: 1, maxLength: 5 }), (payloads) => {
        const body = bytesOf(`[${payloads.map((data) => `{"type":"t","data":${data}}`).join(" ,\n")}]`);
        expect(readEvents(body).events.map((event) => textOf(event.payload))).toEqual(payloads);
      }),
    );
  });

  it("eventId and timestamp are kept", () => {
    const body = bytesOf('{"type":"t","data":1,"eventId":"order-1","timestamp":"2026-11-21T13:00:00.5+01:00"}');
    expect(readEvents(body).events).toMatchObject([
      { eventId: "order-1", occurredAt: Date.UTC(2026, 10, 21, 12, 0, 0, 500) },
    ]);
  });

  it.each<[string, string, string]>([
    ["no type", '{"data":1}', "/type"],
    ["no data", '{"type":"t"}', "/data"],
    ["a type with a space", '{"type":"a b","data":1}', "/type"],
    ["a type with a line break", '{"type":"a\\n","data":1}', "/type"],
    ["a type of 129 letters", `{"type":"${"a".repeat(129)}","data":1}`, "/type"],
    ["a type of Rappel's own", '{"type":"rappel.endpoint.suspended","data":1}', "/type"],
    ["a type that is a number", '{"type":1,"data":1}', "/type"],
    ["an unknown field", '{"type":"t","data":1,"colour":"red"}', "/colour"],
    ["an eventId with an accent", '{"type":"t","data":1,"eventId":"é"}', "/eventId"],
    ["a timestamp without a zone", '{"type":"t","data":1,"timestamp":"2026-11-21T12:00:00"}', "/timestamp"],
    ["a timestamp before 1970", '{"type":"t","data":1,"timestamp":"1969-12-31T23:59:59Z"}', "/timestamp"],
    ["a number", "5", ""],
    ["an empty array", "[]", ""],
    ["an array of arrays", "[[]]", "/0"],
    ["a batch whose second event is wrong", '[{"type":"t","data":1},{"type":"","data":1}]', "/1/type"],
  ])("the error points to the field for %s", (_, body, pointer) => {
    const { code, errors } = errorOf(() => readEvents(bytesOf(body)));
    expect([code, errors[0]?.pointer]).toEqual(["FIELDS_INVALID", pointer]);
  });

  it("errors show harmless values, but never the values of data or eventId", () => {
    const { errors, message } = errorOf(() =>
      readEvents(bytesOf('{"type":"a b","data":"SECRET","eventId":"é-SECRET"}')),
    );
    expect(errors[0]).toMatchObject({ value: "a b", allowed: "1-128 of A-Z a-z 0-9 _ . -" });
    expect(JSON.stringify([errors, message])).not.toContain("SECRET");
  });

  it("a payload is accepted at its limit of bytes and refused above it", () => {
    const event = (bytes: number) => bytesOf(`{"type":"t","data":"${"a".repeat(bytes - 2)}"}`);
    expect(readEvents(event(LIMITS.payloadBytes)).events[0]?.payload.length).toBe(LIMITS.payloadBytes);
    expect(errorOf(() => readEvents(event(LIMITS.payloadBytes + 1))).code).toBe("PAYLOAD_TOO_LARGE");
  });

  it("a request is accepted at its limit of bytes and refused above it", () => {
    const small = '{"type":"t","data":1}';
    const padded = (bytes: number) => bytesOf(small + " ".repeat(bytes - small.length));
    expect(readEvents(padded(LIMITS.requestBytes)).events).toHaveLength(1);
    expect(errorOf(() => readEvents(padded(LIMITS.requestBytes + 1))).code).toBe("REQUEST_TOO_LARGE");
  });

  it("a batch is accepted at its limit of events and refused above it", () => {
    const batch = (events: number) => bytesOf(`[${Array(events).fill('{"type":"t","data":1}').join(",")}]`);
    expect(readEvents(batch(LIMITS.requestEvents)).events).toHaveLength(LIMITS.requestEvents);
    expect(errorOf(() => readEvents(batch(LIMITS.requestEvents + 1))).code).toBe("TOO_MANY_EVENTS");
  });
});

describe("the body of an ingest route", () => {
  it.each(["mailjet", "sarbacane"] as const)(
    "each sample of %s becomes an event with the object as its payload",
    (source) => {
      const file = readFileSync(new URL(`../fixtures/${source}.json`, import.meta.url));
      const lines = file
        .toString()
        .split("\n")
        .filter((line) => line.startsWith("{"))
        .map((line) => line.replace(/,$/, ""));
      const { events } = readSourceEvents(source, file);
      expect(events.map(({ payload }) => textOf(payload))).toEqual(lines);
      expect(events.map(({ type }) => type)).toEqual(
        lines.map((line) => JSON.parse(line)[source === "mailjet" ? "event" : "type"]),
      );
    },
  );

  it("unknown types and fields are accepted", () => {
    expect(readSourceEvents("mailjet", bytesOf('{"event":"typofix","new":{}}')).events[0]?.type).toBe("typofix");
  });

  it("the error names the field that holds the type", () => {
    expect(errorOf(() => readSourceEvents("mailjet", bytesOf('{"type":"open"}'))).errors[0]).toMatchObject({
      pointer: "/event",
      detail: "is missing",
    });
    expect(errorOf(() => readSourceEvents("sarbacane", bytesOf('[{"event":"open"}]'))).errors[0]).toMatchObject({
      pointer: "/0/type",
      detail: "is missing",
    });
    expect(errorOf(() => readSourceEvents("mailjet", bytesOf('{"event":"a b"}'))).errors[0]).toMatchObject({
      detail: "is invalid",
      value: "a b",
    });
  });
});
