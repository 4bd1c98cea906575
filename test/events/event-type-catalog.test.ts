import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sampleFor } from "../../lambdas/endpoints/model/sample-event.ts";
import { EVENT_TYPES } from "../../lambdas/events/model/event-type-catalog.ts";

const shown = (
  preset: "standard" | "mailjet" | "sarbacane",
  eventTypes: string[],
  wish: Parameters<typeof sampleFor>[1],
) => {
  const found = sampleFor({ preset, eventTypes }, wish);
  return found === undefined ? undefined : `${found.source} ${found.type}`;
};

describe("the built-in event types", () => {
  it.each(["mailjet", "sarbacane"] as const)("have %s's own samples, byte for byte", (source) => {
    const lines = readFileSync(new URL(`../fixtures/${source}.json`, import.meta.url), "utf8").split("\n");
    const samples = EVENT_TYPES.filter((one) => one.source === source);
    expect(new Set(samples.map(({ sample }) => sample))).toEqual(
      new Set(lines.filter((line) => line.startsWith("{")).map((line) => line.replace(/,$/, ""))),
    );
    for (const { type, sample } of samples)
      expect(sample).toContain(`"${source === "mailjet" ? "event" : "type"}":"${type}"`);
  });

  it("are seven of Mailjet's and five of Sarbacane's, each once and described", () => {
    expect(EVENT_TYPES.map(({ source, type }) => `${source} ${type}`)).toEqual([
      ..."sent open click bounce blocked spam unsub".split(" ").map((type) => `mailjet ${type}`),
      ..."delivered open click soft_bounce hard_bounce".split(" ").map((type) => `sarbacane ${type}`),
    ]);
    for (const { description } of EVENT_TYPES) expect(description.length).toBeGreaterThan(20);
  });

  it("say of Sarbacane's that a split campaign's parts differ by sendId", () => {
    for (const { source, description } of EVENT_TYPES)
      expect(description.includes("`sendId` differs between the parts of a split campaign")).toBe(
        source === "sarbacane",
      );
  });
});

describe("the sample that a test sends", () => {
  it.each([
    ["the first that a mailjet endpoint wants", "mailjet", ["click", "open"], {}, "mailjet open"],
    ["the first of all, where it wants all", "sarbacane", ["*"], {}, "sarbacane delivered"],
    ["none, where it wants none of its platform's", "mailjet", ["order.*"], {}, undefined],
    ["none, where its preset is no platform's", "standard", ["*"], {}, undefined],
    ["the type asked for, whether or not it is wanted", "mailjet", ["click"], { eventType: "spam" }, "mailjet spam"],
    ["that of its own platform, where both know the type", "sarbacane", ["*"], { eventType: "open" }, "sarbacane open"],
    [
      "Mailjet's, where both know the type and it follows neither",
      "standard",
      ["*"],
      { eventType: "open" },
      "mailjet open",
    ],
    [
      "that of the other, where only that knows the type",
      "mailjet",
      ["*"],
      { eventType: "soft_bounce" },
      "sarbacane soft_bounce",
    ],
    [
      "the source's, where that is said",
      "mailjet",
      ["*"],
      { eventType: "open", source: "sarbacane" },
      "sarbacane open",
    ],
    ["the first wanted of a source", "standard", ["click"], { source: "sarbacane" }, "sarbacane click"],
    ["none, where there is no such type", "mailjet", ["*"], { eventType: "soft_bounce", source: "mailjet" }, undefined],
  ] as const)("is %s", (_, preset, eventTypes, wish, sample) => {
    expect(shown(preset, [...eventTypes], wish)).toBe(sample);
  });
});
