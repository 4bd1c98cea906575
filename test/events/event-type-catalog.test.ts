import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sampleFor } from "../../lambdas/endpoints/model/sample-event.ts";
import { EVENT_TYPES } from "../../lambdas/events/model/event-type-catalog.ts";

const shown = (
  preset: "standard" | "mailjet" | "sarbacane",
  eventTypes: string[],
  request: Parameters<typeof sampleFor>[1],
) => {
  const found = sampleFor({ preset, eventTypes }, request);
  return found === undefined ? undefined : `${found.source} ${found.type}`;
};

describe("the built-in event types", () => {
  it.each(["mailjet", "sarbacane"] as const)("the catalog has the published samples of %s, byte for byte", (source) => {
    const lines = readFileSync(new URL(`../fixtures/${source}.json`, import.meta.url), "utf8").split("\n");
    const samples = EVENT_TYPES.filter((eventType) => eventType.source === source);
    expect(new Set(samples.map(({ sample }) => sample))).toEqual(
      new Set(lines.filter((line) => line.startsWith("{")).map((line) => line.replace(/,$/, ""))),
    );
    for (const { type, sample } of samples)
      expect(sample).toContain(`"${source === "mailjet" ? "event" : "type"}":"${type}"`);
  });

  it("the catalog has seven types of Mailjet and five of Sarbacane, each with a description", () => {
    expect(EVENT_TYPES.map(({ source, type }) => `${source} ${type}`)).toEqual([
      ..."sent open click bounce blocked spam unsub".split(" ").map((type) => `mailjet ${type}`),
      ..."delivered open click soft_bounce hard_bounce".split(" ").map((type) => `sarbacane ${type}`),
    ]);
    for (const { description } of EVENT_TYPES) expect(description.length).toBeGreaterThan(20);
  });

  it("each Sarbacane description says that sendId differs between the parts of a split campaign", () => {
    for (const { source, description } of EVENT_TYPES)
      expect(description.includes("`sendId` differs between the parts of a split campaign")).toBe(
        source === "sarbacane",
      );
  });
});

describe("the sample that a test sends", () => {
  it.each([
    ["the first sample that a mailjet endpoint matches", "mailjet", ["click", "open"], {}, "mailjet open"],
    ["the platform's first sample for all types", "sarbacane", ["*"], {}, "sarbacane delivered"],
    ["nothing if no sample of the platform matches", "mailjet", ["order.*"], {}, undefined],
    ["nothing if the preset belongs to no platform", "standard", ["*"], {}, undefined],
    [
      "the requested type, even if the endpoint does not match it",
      "mailjet",
      ["click"],
      { eventType: "spam" },
      "mailjet spam",
    ],
    [
      "the own platform's sample if both platforms have the type",
      "sarbacane",
      ["*"],
      { eventType: "open" },
      "sarbacane open",
    ],
    [
      "Mailjet's sample if both platforms have the type and the preset belongs to neither",
      "standard",
      ["*"],
      { eventType: "open" },
      "mailjet open",
    ],
    [
      "the other platform's sample if only that has the type",
      "mailjet",
      ["*"],
      { eventType: "soft_bounce" },
      "sarbacane soft_bounce",
    ],
    [
      "the sample of the requested source",
      "mailjet",
      ["*"],
      { eventType: "open", source: "sarbacane" },
      "sarbacane open",
    ],
    [
      "the first matching sample of the requested source",
      "standard",
      ["click"],
      { source: "sarbacane" },
      "sarbacane click",
    ],
    [
      "nothing if the type does not exist",
      "mailjet",
      ["*"],
      { eventType: "soft_bounce", source: "mailjet" },
      undefined,
    ],
  ] as const)("a test sends %s", (_, preset, eventTypes, request, sample) => {
    expect(shown(preset, [...eventTypes], request)).toBe(sample);
  });
});
