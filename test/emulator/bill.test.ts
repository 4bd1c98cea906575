import { describe, expect, it } from "vitest";
import { accessLogLine } from "../../local/emulator/gateway/access-log.ts";
import { billOf, dollarsOf, isTimeDriven } from "../../local/emulator/usage-meter/bill.ts";
import type { Count } from "../../local/emulator/usage-meter/ledger.ts";

const countOf = (more: Partial<Count>): Count => ({
  by: "dispatch",
  service: "dynamodb",
  action: "PutItem",
  resource: "table",
  calls: 1,
  failures: 0,
  requestBytes: 0,
  responseBytes: 0,
  used: {},
  ...more,
});

describe("the bill", () => {
  const lambda = { by: "AWS", service: "lambda", action: "Invoke", resource: "accept" } as const;
  const lines = billOf([
    countOf({ used: { writeUnits: 1_000_000 } }),
    countOf({ resource: "another table", used: { writeUnits: 1_000_000 } }),
    countOf({ ...lambda, used: { lambdaRequests: 1_000_000, gbSeconds: 75_000 } }),
    countOf({ action: "DeleteSchedule", service: "scheduler", used: {} }),
  ]);

  it("the bill lists services and lines by cost, the highest first", () => {
    expect(lines.map(({ service, label, unit, amount }) => [service, label, unit, amount])).toEqual([
      ["DynamoDB", "dispatch PutItem", "writeUnits", 2_000_000],
      ["Lambda", "accept", "gbSeconds", 75_000],
      ["Lambda", "accept", "lambdaRequests", 1_000_000],
    ]);
  });

  it("the sums of the bill are correct", () => {
    expect(dollarsOf(lines)).toBeCloseTo(1.25 + 1.000005 + 0.2, 6);
  });

  it("charges that do not depend on events are marked", () => {
    const sqs = { by: "pollers", service: "sqs", resource: "events" } as const;
    expect(
      [
        countOf({ ...sqs, action: "ReceiveMessage (empty)" }),
        countOf({ ...sqs, action: "ReceiveMessage" }),
        countOf({ ...lambda, resource: "sweep" }),
        countOf({ by: "sweep", action: "Query" }),
        countOf({ by: "Scheduler", service: "scheduler", action: "Invoke", resource: "rappel-local-EveryMinute" }),
        countOf({}),
      ].map(isTimeDriven),
    ).toEqual([true, false, true, true, true, false]);
  });
});

describe("a line of the access log", () => {
  it("a line of the access log follows the template's format", () => {
    const request = {
      routeKey: "POST /v1/events",
      method: "POST",
      path: "/v1/events",
      sourceIp: "203.0.113.7",
      at: 1_795_287_970_140,
      status: 202,
      responseBytes: 65,
      durationMs: 7.4,
    };
    const format =
      '{"a":"$context.requestId","b":"$context.identity.sourceIp","c":"$context.status","d":"$context.error.message"}';
    expect(JSON.parse(accessLogLine(format, request))).toEqual({
      a: expect.stringMatching(/^.{16}$/),
      b: "203.0.113.7",
      c: "202",
      d: "-",
    });
  });
});
