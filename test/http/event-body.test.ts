import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readEvents, readSourceEvents } from "../../lambdas/http/read-events.ts";
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
  throw new Error("was accepted");
};

describe("the body of POST /v1/events", () => {
  it("hands over the bytes of data as they stand, whatever stands around them", () => {
    const { events, isBatch } = readEvents(
      bytesOf(' {"data" : { "zebra":1.10, "1":19421777396190491 } , "type":"a.b"}'),
    );
    expect(isBatch).toBe(false);
    expect(events.map(({ type, payload }) => [type, textOf(payload)])).toEqual([
      ["a.b", '{ "zebra":1.10, "1":19421777396190491 }'],
    ]);
  });

  it("hands over any JSON value, byte for byte", () => {
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

  it("keeps the producer's id and time", () => {
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
  ])("is refused with the field's pointer for %s", (_, body, pointer) => {
    const { code, errors } = errorOf(() => readEvents(bytesOf(body)));
    expect([code, errors[0]?.pointer]).toEqual(["FIELDS_INVALID", pointer]);
  });

  it("tells harmless values, and never what data or eventId hold", () => {
    const { errors, message } = errorOf(() =>
      readEvents(bytesOf('{"type":"a b","data":"SECRET","eventId":"é-SECRET"}')),
    );
    expect(errors[0]).toMatchObject({ value: "a b", allowed: "1-128 of A-Z a-z 0-9 _ . -" });
    expect(JSON.stringify([errors, message])).not.toContain("SECRET");
  });

  it("takes a payload at its limit, and refuses one byte more", () => {
    const event = (bytes: number) => bytesOf(`{"type":"t","data":"${"a".repeat(bytes - 2)}"}`);
    expect(readEvents(event(LIMITS.payloadBytes)).events[0]?.payload.length).toBe(LIMITS.payloadBytes);
    expect(errorOf(() => readEvents(event(LIMITS.payloadBytes + 1))).code).toBe("PAYLOAD_TOO_LARGE");
  });

  it("takes a request at its limit of bytes, and refuses one byte more", () => {
    const small = '{"type":"t","data":1}';
    const padded = (bytes: number) => bytesOf(small + " ".repeat(bytes - small.length));
    expect(readEvents(padded(LIMITS.requestBytes)).events).toHaveLength(1);
    expect(errorOf(() => readEvents(padded(LIMITS.requestBytes + 1))).code).toBe("REQUEST_TOO_LARGE");
  });

  it("takes a batch at its limit of events, and refuses one more", () => {
    const batch = (events: number) => bytesOf(`[${Array(events).fill('{"type":"t","data":1}').join(",")}]`);
    expect(readEvents(batch(LIMITS.requestEvents)).events).toHaveLength(LIMITS.requestEvents);
    expect(errorOf(() => readEvents(batch(LIMITS.requestEvents + 1))).code).toBe("TOO_MANY_EVENTS");
  });
});

describe("the body of a platform's door", () => {
  it.each(["mailjet", "sarbacane"] as const)(
    "takes every sample of %s as an event whose payload is the object itself",
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

  it("keeps unknown types and fields", () => {
    expect(readSourceEvents("mailjet", bytesOf('{"event":"typofix","new":{}}')).events[0]?.type).toBe("typofix");
  });

  it("says which field the type was looked for in", () => {
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
