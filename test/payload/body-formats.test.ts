import { readFileSync } from "node:fs";
import { CloudEvent, HTTP } from "cloudevents";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Event, Source } from "../../lambdas/events/model/event.ts";
import { framed } from "../../lambdas/payload/body-formats.ts";
import { type Encoding, type Format, XML_FORMATS } from "../../lambdas/payload/formats.ts";
import { eventWith } from "../support/examples.ts";
import { plain, treeOfXml } from "./xml-reader.ts";

const OCCURRED_AT = Date.UTC(2016, 7, 11, 12, 25, 18, 889);
const sent = (payload: string, more: Partial<Event> = {}) =>
  eventWith({ type: "open", occurredAt: OCCURRED_AT, payload: Buffer.from(payload), ...more });
const shape = (format: Format, encoding: Encoding = "json", isGrouped = false) => ({ format, encoding, isGrouped });
const bodyIn = (format: Format, ...events: Event[]) =>
  Buffer.from(framed(shape(format, "json", events.length > 1), events).body).toString();

const samples = (["mailjet", "sarbacane"] as const).flatMap((source) =>
  readFileSync(new URL(`../fixtures/${source}.json`, import.meta.url), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => sampleOf(source, line.replace(/,$/, ""))),
);
function sampleOf(source: Source, payload: string) {
  const { event, type } = JSON.parse(payload);
  return { source, type: String(event ?? type), payload };
}
const sampleEvents = samples.map(({ source, type, payload }) => sent(payload, { source, type }));

/** Parses JSON with the runtime's parser and keeps the digits of numbers as they were written. */
function read(json: string): unknown {
  return JSON.parse(json, (_, value: unknown, context?: { source?: string }) =>
    typeof value === "number" ? { digits: context?.source } : value,
  );
}

/** The payload within an event of a format. */
const payloadIn = (format: Format, framedEvent: unknown): unknown =>
  format === "standard" || format === "cloudevents" ? Reflect.get(Object(framedEvent), "data") : framedEvent;

describe("samples of Mailjet and Sarbacane", () => {
  it("there are seven samples of Mailjet and five of Sarbacane", () => {
    expect(samples.map(({ source, type }) => `${source} ${type}`)).toHaveLength(12);
  });

  const home = (source: Source, format: Format) =>
    format === "mailjet" || format === "sarbacane" ? source === format : true;
  const cases = (["standard", "raw", "mailjet", "sarbacane", "cloudevents"] as const).flatMap((format) =>
    (["json", "xml"] as const)
      .filter((encoding) => encoding === "json" || XML_FORMATS.includes(format))
      .map((encoding) => [format, encoding] as const),
  );

  it.each(cases)(
    "every sample can be read from the format %s in %s, alone and in a group, with all digits",
    (format, encoding) => {
      const events = sampleEvents.filter(({ source }) => home(source, format));
      const readBody = (events: Event[], isGrouped: boolean): unknown => {
        const { body } = framed(shape(format, encoding, isGrouped), events);
        return encoding === "xml" ? plain(treeOfXml(body).value) : read(Buffer.from(body).toString());
      };
      const payloads = events.map(({ payload }) => read(Buffer.from(payload).toString()));
      expect(events.map((event) => payloadIn(format, readBody([event], false)))).toEqual(payloads);
      const group = readBody(events, true);
      expect(Array.isArray(group) && group.map((event) => payloadIn(format, event))).toEqual(payloads);
      expect(events.length).toBeGreaterThanOrEqual(5);
    },
  );

  it.each(["mailjet", "sarbacane"] as const)("every sample of the platform is unchanged in the format %s", (format) => {
    const platformSamples = samples.filter(({ source }) => source === format);
    for (const { payload, type } of platformSamples) expect(bodyIn(format, sent(payload, { type }))).toBe(payload);
    expect(bodyIn(format, ...platformSamples.map(({ payload }) => sent(payload)))).toBe(
      `[${platformSamples.map(({ payload }) => payload).join(",")}]`,
    );
  });
});

describe("the format mailjet", () => {
  it.each([
    [
      "an object, with missing members in front of its own bytes",
      '{ "MessageID":19421777396190491,"a":1.10}',
      '{"event":"open","time":1470918318, "MessageID":19421777396190491,"a":1.10}',
    ],
    ["an object with its own time", '{"time":1}', '{"event":"open","time":1}'],
    ["an object with its own event", ' {"x":1,"event":null}', ' {"x":1,"event":null}'],
    ["an object with that name in another spelling", '{"\\u0065vent":"x"}', '{"\\u0065vent":"x"}'],
    ["an object with a repeated name", '{"a":1,"a":2}', '{"event":"open","time":1470918318,"a":1,"a":2}'],
    [
      "an object that names an event further down",
      '{"data":{"event":1}}',
      '{"event":"open","time":1470918318,"data":{"event":1}}',
    ],
    ["an empty object", "{ }", '{"event":"open","time":1470918318 }'],
    ["an array", "[1.10]", '{"event":"open","time":1470918318,"data":[1.10]}'],
    ["a string", '"{"', '{"event":"open","time":1470918318,"data":"{"}'],
  ])("the format mailjet of %s", (_, payload, body) => {
    expect(bodyIn("mailjet", sent(payload))).toBe(body);
  });
});

describe("the format sarbacane", () => {
  it.each([
    ["an object", '{"sendId":"x"}', '{"type":"open","date":"2016-08-11 T 12:25:18.889Z","sendId":"x"}'],
    ["an object with its own date", '{"date":"x"}', '{"type":"open","date":"x"}'],
    ["a number", "1.10", '{"type":"open","date":"2016-08-11 T 12:25:18.889Z","data":1.10}'],
  ])("the format sarbacane of %s", (_, payload, body) => {
    expect(bodyIn("sarbacane", sent(payload))).toBe(body);
  });
});

describe("flat formats", () => {
  it("a flat format is an object with the members of any payload", () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom("mailjet", "sarbacane"), (json, format) => {
        const payload: unknown = JSON.parse(json);
        const isObject = typeof payload === "object" && payload !== null && !Array.isArray(payload);
        const body: unknown = JSON.parse(bodyIn(format, sent(json)));
        const added =
          format === "mailjet"
            ? { event: "open", time: 1470918318 }
            : { type: "open", date: "2016-08-11 T 12:25:18.889Z" };
        const isNamed = isObject && (format === "mailjet" ? "event" : "type") in payload;
        expect(body).toEqual(isNamed ? payload : { ...added, ...(isObject ? payload : { data: payload }) });
      }),
    );
  });
});

describe("the format cloudevents", () => {
  it("the official SDK reads the format cloudevents as a CloudEvent 1.0 with the payload as data", () => {
    const event = sent('{"score":1.5,"who":"é"}', { type: "email.opened", source: "sarbacane" });
    const { body, mediaType } = framed(shape("cloudevents"), [event]);
    const read = HTTP.toEvent({ headers: { "content-type": mediaType }, body: Buffer.from(body).toString() });
    if (!(read instanceof CloudEvent)) throw new Error("The body is not a single event");
    expect(read.validate()).toBe(true);
    expect(read.toJSON()).toMatchObject({
      specversion: "1.0",
      id: event.id,
      source: "/accounts/acme/sources/sarbacane",
      type: "email.opened",
      time: "2016-08-11T12:25:18.889Z",
      datacontenttype: "application/json",
      data: { score: 1.5, who: "é" },
    });
  });

  it("the format cloudevents is a batch if events are grouped, also for a single event", () => {
    const events = sampleEvents;
    const { body, mediaType } = framed(shape("cloudevents", "json", true), events);
    expect(mediaType).toBe("application/cloudevents-batch+json");
    const batch = HTTP.toEvent({ headers: { "content-type": mediaType }, body: Buffer.from(body).toString() });
    expect(Array.isArray(batch) && batch.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    expect(Array.isArray(batch) && batch.every((event) => event instanceof CloudEvent && event.validate())).toBe(true);
    const [first] = sampleEvents;
    expect(Buffer.from(framed(shape("cloudevents", "json", true), first ? [first] : []).body).toString()).toMatch(
      /^\[\{.*\}\]$/,
    );
  });

  it("the format cloudevents keeps the payload's bytes, including digits that the SDK cannot hold", () => {
    const payload = '{"zebra":1.10,"1":19421777396190491}';
    expect(bodyIn("cloudevents", sent(payload))).toMatch(
      /^\{"specversion":"1\.0",.*,"data":\{"zebra":1\.10,"1":19421777396190491\}\}$/,
    );
  });
});

describe("events in XML", () => {
  it("an event is written as XML once per format, for any number of endpoints", () => {
    const [event, other] = [sent('{"a":1}'), sent('{"a":1}')];
    const bodyOf = (format: Format, event: Event) => framed(shape(format, "xml"), [event]).body;
    expect(bodyOf("mailjet", event)).toBe(bodyOf("mailjet", event));
    expect(bodyOf("mailjet", event)).not.toEqual(bodyOf("sarbacane", event));
    expect(bodyOf("mailjet", other)).toEqual(bodyOf("mailjet", event));
    expect(bodyOf("mailjet", other)).not.toBe(bodyOf("mailjet", event));
  });
});

describe("media types", () => {
  it.each<[Format, Encoding, boolean, string]>([
    ["standard", "json", false, "application/json"],
    ["raw", "json", true, "application/json"],
    ["mailjet", "json", true, "application/json"],
    ["sarbacane", "json", false, "application/json"],
    ["cloudevents", "json", false, "application/cloudevents+json"],
    ["cloudevents", "json", true, "application/cloudevents-batch+json"],
    ["standard", "xml", false, "application/xml; charset=utf-8"],
    ["mailjet", "xml", true, "application/xml; charset=utf-8"],
  ])("the media type of %s in %s, grouped: %s, is %s", (format, encoding, isGrouped, mediaType) => {
    expect(framed(shape(format, encoding, isGrouped), [sent("1")]).mediaType).toBe(mediaType);
  });
});
