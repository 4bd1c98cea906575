import { describe, expect, it } from "vitest";
import { readContext } from "../../lib/context.ts";
import { readSettings } from "../../lib/settings.ts";

const stages = readContext()["stages"];

const good = {
  httpsOnly: true,
  logRetentionDays: 30,
  throttling: { rate: 100, burst: 200 },
  stateRemoval: "retain",
};

const CERTIFICATE = "arn:aws:acm:eu-west-3:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef";

const read = (change: object, stage = "dev") => readSettings({ [stage]: { ...good, ...change } }, stage);

describe("the settings of a stage", () => {
  it.each(["local", "dev", "prod"])("the settings of %s in cdk.json are valid", (stage) => {
    expect(readSettings(stages, stage).stage).toBe(stage);
  });

  it("prod keeps its data when it is destroyed, and dev does not", () => {
    expect(readSettings(stages, "prod")).toMatchObject({ stateRemoval: "retain" });
    expect(readSettings(stages, "dev")).toMatchObject({ stateRemoval: "destroy" });
  });

  it.each([
    ["throttling.rate", { throttling: { rate: 1, burst: 1 } }, { throttling: { rate: 0, burst: 1 } }],
    ["throttling.rate", { throttling: { rate: 10_000, burst: 1 } }, { throttling: { rate: 10_001, burst: 1 } }],
    ["throttling.burst", { throttling: { rate: 1, burst: 5_000 } }, { throttling: { rate: 1, burst: 5_001 } }],
    ["throttling.rate", { throttling: { rate: 2, burst: 1 } }, { throttling: { rate: 1.5, burst: 1 } }],
    [
      "throttling.routes.POST /v1/events.rate",
      { throttling: { rate: 1, burst: 1, routes: { "POST /v1/events": { rate: 10_000, burst: 1 } } } },
      { throttling: { rate: 1, burst: 1, routes: { "POST /v1/events": { rate: 0, burst: 1 } } } },
    ],
    ["shards", { shards: 64 }, { shards: 12 }],
    ["failureRatePercent", { failureRatePercent: 99 }, { failureRatePercent: 100 }],
    ["failureRateMinutes", { failureRateMinutes: 60 }, { failureRateMinutes: 61 }],
    ["failureRateMinutes", { failureRateMinutes: 10 }, { failureRateMinutes: 12 }],
    ["failureRateMinEmails", { failureRateMinEmails: 1 }, { failureRateMinEmails: 0 }],
    ["suspensionsPerHour", { suspensionsPerHour: 1 }, { suspensionsPerHour: 0 }],
    [
      "reservedConcurrency.dispatch",
      { reservedConcurrency: { dispatch: 0 } },
      { reservedConcurrency: { dispatch: -1 } },
    ],
    // Fewer than the event source's concurrency would cause refused messages, which become dead letters.
    [
      "reservedConcurrency.dispatch",
      { dispatchConcurrency: 50, reservedConcurrency: { dispatch: 50 } },
      { dispatchConcurrency: 50, reservedConcurrency: { dispatch: 49 } },
    ],
    ...["https://a.example.com/path", "a.example.com", "http://a.example.com", "*", "https://a.example.com; x"].map(
      (origin): [string, object, object] => [
        "consoleFrameAncestors.0",
        { consoleFrameAncestors: ["https://a.example.com:8443", "https://*.example.com", "http://localhost:3000"] },
        { consoleFrameAncestors: [origin] },
      ],
    ),
    [
      "consoleBranding.name",
      { consoleBranding: { name: "A".repeat(40) } },
      { consoleBranding: { name: "A".repeat(41) } },
    ],
    ["consoleBranding.name", { consoleBranding: { name: "A" } }, { consoleBranding: { name: "" } }],
    ["consoleBranding.accent", { consoleBranding: { accent: "#7A1fa2" } }, { consoleBranding: { accent: "purple" } }],
    ...["https://example.com/logo.svg", "branding/../x.svg", "branding/logo.gif", "logo.svg"].map(
      (logo): [string, object, object] => [
        "consoleBranding.logo",
        { consoleBranding: { logo: "branding/logo-2.0.svg" } },
        { consoleBranding: { logo } },
      ],
    ),
    ["memoryMb.api", { memoryMb: { api: 10_240 } }, { memoryMb: { api: 10_241 } }],
    [
      "domain.name",
      { domain: { name: "a.example.com", certificateArn: CERTIFICATE } },
      { domain: { name: "https://a.example.com", certificateArn: CERTIFICATE } },
    ],
    [
      "domain.certificateArn",
      { domain: { name: "a.example.com", certificateArn: CERTIFICATE } },
      { domain: { name: "a.example.com", certificateArn: "01234567" } },
    ],
    ["logRetentionDays", { logRetentionDays: 3653 }, { logRetentionDays: 3654 }],
    ["account", { account: "123456789012" }, { account: "1234567890123" }],
    ["region", { region: "eu-west-3" }, { region: "eu-west" }],
    ["alarmEmail", { alarmEmail: "ops@example.com" }, { alarmEmail: "ops" }],
    ["retrySchedule", { retrySchedule: "5x1s" }, { retrySchedule: "4x1s" }],
    ["retrySchedule", { retrySchedule: "mailjet" }, { retrySchedule: "mailgun" }],
    ["stateRemoval", { stateRemoval: "destroy" }, { stateRemoval: "snapshot" }],
    ["tags.team", { tags: { team: "x".repeat(256) } }, { tags: { team: "x".repeat(257) } }],
  ])("%s is accepted at its limit and refused beyond it by name", (where, atLimit, overLimit) => {
    expect(() => read(atLimit)).not.toThrow();
    expect(() => read(overLimit)).toThrow(`Cannot use cdk.json, context.stages.dev:\n  ${where}: got `);
  });

  it("the name of a stage may have 16 characters", () => {
    expect(read({}, "a".repeat(16)).stage).toHaveLength(16);
    expect(() => read({}, "a".repeat(17))).toThrow("stage: got");
  });

  it("an error says which values are allowed", () => {
    expect(() => read({ throttling: { rate: 0, burst: 1 } })).toThrow(
      "throttling.rate: got 0, need a whole number of requests per second from 1 to 10000",
    );
    expect(() => read({ httpsOnly: undefined })).toThrow("httpsOnly: got nothing, need true or false");
  });

  it("an unknown setting is refused at any level", () => {
    expect(() => read({ retention: 1 })).toThrow("retention: no such setting");
    expect(() => read({ throttling: { rate: 1, burst: 1, limit: 1 } })).toThrow("throttling.limit: no such setting");
  });

  it("routes and functions must have a known name", () => {
    const routes = { "POST /v1/event": { rate: 1, burst: 1 } };
    expect(() => read({ throttling: { rate: 1, burst: 1, routes } })).toThrow("throttling.routes");
    expect(() => read({ memoryMb: { dispatcher: 512 } })).toThrow("memoryMb");
  });

  it("a route under /v3, whose path has many spellings, has no rate of its own", () => {
    const routes = { "POST /v3/REST/eventcallbackurl": { rate: 1, burst: 1 } };
    expect(() => read({ throttling: { rate: 1, burst: 1, routes } })).toThrow("throttling.routes.POST /v3");
  });

  it("loopback is allowed in stage local only", () => {
    expect(read({ allowLoopback: true }, "local").allowLoopback).toBe(true);
    expect(() => read({ allowLoopback: true }, "prod")).toThrow("allowLoopback: got true, need false");
    expect(read({}).allowLoopback).toBe(false);
  });

  it("the error for an unknown stage lists the known ones", () => {
    expect(() => readSettings(stages, "production")).toThrow(`Cannot find stage "production" in cdk.json`);
    expect(() => readSettings(undefined, "dev")).toThrow("context.stages must be an object");
  });
});
