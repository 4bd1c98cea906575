import { Topic } from "aws-cdk-lib/aws-sns";
import { App, Lazy, RemovalPolicy, Stack } from "aws-cdk-lib/core";
import { describe, expect, it } from "vitest";
import type { RappelProps } from "../../../lib/cdk.ts";
import { PROPS, readProps } from "../../../lib/rappel/read-props.ts";
import { SERVICE_FIELDS } from "../../../lib/service-settings.ts";

const read = (props: object) => readProps(props as RappelProps, "Shop/Webhooks");

/** Settings of a stage that have another name as a prop, and the props that only the construct has. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  logRetentionDays: "logRetention",
  stateRemoval: "removalPolicy",
};
const STAGE_ONLY = ["allowLoopback"]; // for the local service
const CONSTRUCT_ONLY = ["alarmTopic", "domain", "metricNamespace"];

describe("the props of Rappel", () => {
  it("each setting of a stage is a prop", () => {
    const settings = Object.keys(SERVICE_FIELDS).filter((name) => !STAGE_ONLY.includes(name));
    const expected = [...settings.map((name) => OTHER_NAMES[name] ?? name), ...CONSTRUCT_ONLY];
    expect([...PROPS].sort()).toEqual(expected.sort());
  });

  it("without props everything has the default that its docstring names", () => {
    expect(read({}).settings).toMatchObject({
      httpsOnly: true,
      allowLoopback: false,
      throttling: { rate: 1000, burst: 2000, routes: {} },
      consoleFrameAncestors: [],
      consoleBranding: {},
      logRetentionDays: 90,
      stateRemoval: "retain",
      pointInTimeRecovery: true,
      suspensionsPerHour: 5,
      failureRatePercent: 60,
      failureRateMinutes: 15,
      failureRateMinEmails: 100,
      operatorAccount: "operator",
      retrySchedule: "standard",
      schedulerFromSeconds: 10,
      earlyProbeSeconds: 300,
      dispatchConcurrency: 500,
      reservedConcurrency: {},
      memoryMb: {},
    });
  });

  it.each([
    [RemovalPolicy.RETAIN, "retain"],
    [RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, "retain"],
    [RemovalPolicy.DESTROY, "destroy"],
  ])("the removal policy %s is read", (removalPolicy, stateRemoval) => {
    expect(read({ removalPolicy }).settings.stateRemoval).toBe(stateRemoval);
  });

  it.each<[object, string]>([
    [
      { removalPolicy: RemovalPolicy.SNAPSHOT },
      `removalPolicy: got "snapshot", need RemovalPolicy.RETAIN or RemovalPolicy.DESTROY`,
    ],
    [{ logRetention: 9999 }, "logRetention: got 9999, need one of 1, 3, 5,"],
    [
      { throttling: { rate: 0, burst: 1 } },
      "throttling.rate: got 0, need a whole number of requests per second from 1 to 10000",
    ],
    [{ domain: { name: "x" } }, `domain.name: got "x", need a host name such as hooks.example.com`],
    [{ domain: { name: "hooks.example.com" } }, "domain.certificate: got nothing, need a certificate in ACM"],
    [{ alarmTopic: "arn:aws:sns:eu-west-3:123456789012:x" }, "alarmTopic: got"],
    [
      { metricNamespace: "AWS/Lambda" },
      `metricNamespace: got "AWS/Lambda", need a namespace that does not begin with AWS/`,
    ],
    [{ metricNamespace: "a b" }, `metricNamespace: got "a b", need 1 to 255 of`],
    [
      { consoleBranding: { logo: "logo.gif" } },
      `consoleBranding.logo: got "logo.gif", need the path of an SVG or PNG file`,
    ],
    [{ allowLoopback: true }, "allowLoopback: no such prop"],
    [{ alarmMail: "ops@example.com" }, "alarmMail: no such prop"],
    [
      { reservedConcurrency: { dispatch: 10 } },
      "reservedConcurrency.dispatch: got 10, need 0, or at least dispatchConcurrency",
    ],
  ])("an invalid prop is an error that names it and says what is allowed: %j", (props, message) => {
    expect(() => read(props)).toThrow(`Cannot create Rappel Shop/Webhooks:\n  ${message}`);
  });

  it("a token is an error, since the value must be known at synthesis", () => {
    expect(() => read({ retrySchedule: Lazy.string({ produce: () => "standard" }) })).toThrow(
      "Cannot create Rappel Shop/Webhooks: retrySchedule: got a token, need a value that is known at synthesis",
    );
  });

  it("an address together with a topic is an error, since that topic is not Rappel's", () => {
    const alarmTopic = new Topic(new Stack(new App(), "Shop"), "Ours");
    expect(() => read({ alarmTopic, alarmEmail: "ops@example.com" })).toThrow("alarmEmail: got");
    expect(() => read({ alarmEmail: alarmTopic })).toThrow("alarmEmail: got the construct Shop/Ours, need an e-mail");
    expect(() => read({ alarmEmail: { of: alarmTopic } })).toThrow("alarmEmail: got an object with a construct, need");
    expect(read({ alarmTopic }).alarmTopic).toBe(alarmTopic);
  });
});
