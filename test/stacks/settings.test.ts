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

describe("a stage's settings", () => {
  it.each(["local", "dev", "prod"])("are right in cdk.json for %s", (stage) => {
    expect(readSettings(stages, stage).stage).toBe(stage);
  });

  it("protect what prod has stored, and let dev go", () => {
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
    // Fewer than its event source brings would be refused, and refused messages go to the dead letters.
    [
      "reservedConcurrency.dispatch",
      { dispatchConcurrency: 50, reservedConcurrency: { dispatch: 50 } },
      { dispatchConcurrency: 50, reservedConcurrency: { dispatch: 49 } },
    ],
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
  ])("take %s at its limit, and name it when it is over", (where, atLimit, overLimit) => {
    expect(() => read(atLimit)).not.toThrow();
    expect(() => read(overLimit)).toThrow(`Cannot use cdk.json, context.stages.dev:\n  ${where}: got `);
  });

  it("take a stage's name of 16 characters and no longer one: it is part of every stack's name", () => {
    expect(read({}, "a".repeat(16)).stage).toHaveLength(16);
    expect(() => read({}, "a".repeat(17))).toThrow("stage: got");
  });

  it("say what is allowed", () => {
    expect(() => read({ throttling: { rate: 0, burst: 1 } })).toThrow(
      "throttling.rate: got 0, need a whole number of requests per second from 1 to 10000",
    );
    expect(() => read({ httpsOnly: undefined })).toThrow("httpsOnly: got nothing, need true or false");
  });

  it("refuse a name they do not know, wherever it is", () => {
    expect(() => read({ retention: 1 })).toThrow("retention: no such setting");
    expect(() => read({ throttling: { rate: 1, burst: 1, limit: 1 } })).toThrow("throttling.limit: no such setting");
  });

  it("know every route and function by its name, and refuse others", () => {
    const routes = { "POST /v1/event": { rate: 1, burst: 1 } };
    expect(() => read({ throttling: { rate: 1, burst: 1, routes } })).toThrow("throttling.routes");
    expect(() => read({ memoryMb: { dispatcher: 512 } })).toThrow("memoryMb");
  });

  it("allow loopback in stage local and nowhere else", () => {
    expect(read({ allowLoopback: true }, "local").allowLoopback).toBe(true);
    expect(() => read({ allowLoopback: true }, "prod")).toThrow("allowLoopback: got true, need false");
    expect(read({}).allowLoopback).toBe(false);
  });

  it("say which stages there are when asked for another", () => {
    expect(() => readSettings(stages, "production")).toThrow(`Cannot find stage "production" in cdk.json`);
    expect(() => readSettings(undefined, "dev")).toThrow("context.stages must be an object");
  });
});
