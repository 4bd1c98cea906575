import { Certificate } from "aws-cdk-lib/aws-certificatemanager";
import { RetentionDays } from "aws-cdk-lib/aws-logs";
import { Topic } from "aws-cdk-lib/aws-sns";
import { App, CfnResource, RemovalPolicy, Stack } from "aws-cdk-lib/core";
import { afterAll, describe, expect, it, vi } from "vitest";
import { Rappel } from "../../../lib/cdk.ts";
import { STACKS, templateOf } from "../template.ts";
import { emptyBundles, foreignStack, ofType } from "./foreign-app.ts";

const bundles = vi.hoisted(() => ({ folder: "" }));
vi.mock("#bundles", () => ({ bundlesFolder: () => bundles.folder }));
const { folder, remove } = emptyBundles();
bundles.folder = folder;
afterAll(remove);

const alone = foreignStack((stack) => void new Rappel(stack, "Webhooks"));

describe("Rappel in a stack of another app", () => {
  it("its stateful resources keep their logical ids, because another id would create an empty table and another URL", () => {
    const types = /::(Api|GlobalTable|Key|LogGroup|Topic|Queue|ScheduleGroup)$/;
    const pinned = ofType(alone).filter(([, { Type }]) => types.test(Type));
    expect(pinned.map(([id, { Type }]) => `${Type} ${id}`).sort()).toMatchInlineSnapshot(`
      [
        "AWS::ApiGatewayV2::Api WebhooksApiHttpApi72564607",
        "AWS::DynamoDB::GlobalTable WebhooksStateTableE32FE3D5",
        "AWS::KMS::Key WebhooksStateSealingKey2EF897EC",
        "AWS::Logs::LogGroup WebhooksApiAcceptLogsAF2FE62A",
        "AWS::Logs::LogGroup WebhooksApiAccessLogs24B73F21",
        "AWS::Logs::LogGroup WebhooksApiConsoleLogs8509BE60",
        "AWS::Logs::LogGroup WebhooksApiLogs39EEB6C7",
        "AWS::Logs::LogGroup WebhooksDeliveryDispatchLogsBBAFA5CD",
        "AWS::Logs::LogGroup WebhooksDeliveryEraseLogs3BC510CD",
        "AWS::Logs::LogGroup WebhooksDeliverySweepLogsD6C81CDF",
        "AWS::Logs::LogGroup WebhooksDeliveryWakeLogs2EFDAD40",
        "AWS::SNS::Topic WebhooksObservabilityAlarms7F7DC4EA",
        "AWS::SQS::Queue WebhooksStateEventsDeadLetters063FC30A",
        "AWS::SQS::Queue WebhooksStateEventsQueue063D06BE",
        "AWS::SQS::Queue WebhooksStateWakeUpsDeadLetters4E6D983D",
        "AWS::SQS::Queue WebhooksStateWakeUpsQueueE46BEE5D",
        "AWS::Scheduler::ScheduleGroup WebhooksStateWakeUpsGroup21461A7C",
      ]
    `);
  });

  it("it has the resources of the four stacks, except what only stacks need of each other", () => {
    const count = (resources: readonly { Type: string }[]) =>
      Object.fromEntries([...Map.groupBy(resources, ({ Type }) => Type)].map(([type, { length }]) => [type, length]));
    const stacks = STACKS.flatMap((name) => ofType(templateOf(name)).map(([, resource]) => resource));
    const { "AWS::SSM::Parameter": _stackIds, "AWS::SNS::Subscription": _alarmEmail, ...expected } = count(stacks);
    expect(count(ofType(alone).map(([, resource]) => resource))).toEqual(expected);
  });

  it("accept is updated after all functions that look for events, so that `shards` can be raised", () => {
    const accept = ofType(alone).find(([id]) => id.startsWith("WebhooksApiAcceptFunction"))?.[1];
    const before = JSON.stringify(Reflect.get(accept ?? {}, "DependsOn"));
    for (const part of ["DeliveryDispatch", "DeliveryWake", "DeliveryErase", "Api"])
      expect(before).toMatch(new RegExp(`"Webhooks${part}Function[0-9A-F]{8}"`));
  });

  it("it adds no output and no export to the stack", () => {
    expect(alone.toJSON()["Outputs"]).toBeUndefined();
  });

  it("by default its data is kept when the stack is deleted; with DESTROY nothing is", () => {
    const kept = (template: typeof alone) =>
      ofType(template)
        .filter(([, resource]) => String(Reflect.get(resource, "DeletionPolicy")).startsWith("Retain"))
        .map(([, { Type }]) => Type);
    expect(new Set(kept(alone))).toEqual(
      new Set(["AWS::DynamoDB::GlobalTable", "AWS::KMS::Key", "AWS::Logs::LogGroup", "AWS::SQS::Queue"]),
    );
    const destroyed = foreignStack(
      (stack) => void new Rappel(stack, "Webhooks", { removalPolicy: RemovalPolicy.DESTROY }),
    );
    expect(kept(destroyed)).toEqual([]);
    expect(JSON.stringify(destroyed)).not.toContain(`"DeletionProtectionEnabled":true`);
  });

  it("alarms publish to the topic of the app, and no topic is added", () => {
    const template = foreignStack((stack) => {
      const alarmTopic = new Topic(stack, "Ours", { enforceSSL: true });
      expect(new Rappel(stack, "Webhooks", { alarmTopic }).alarmTopic).toBe(alarmTopic);
    });
    const [[topic = ""] = [], ...others] = ofType(template, "AWS::SNS::Topic");
    expect(others).toEqual([]);
    for (const [id, { Properties }] of ofType(template, "AWS::CloudWatch::Alarm"))
      expect(JSON.stringify(Properties?.["AlarmActions"]), id).toContain(topic);
  });

  it("a custom domain is in apiUrl, and its target can be used in a DNS record", () => {
    const template = foreignStack((stack) => {
      const certificate = new Certificate(stack, "Certificate", { domainName: "hooks.example.com" });
      const { apiUrl, domainName } = new Rappel(stack, "Webhooks", {
        domain: { name: "hooks.example.com", certificate },
      });
      expect(apiUrl).toBe("https://hooks.example.com");
      expect(domainName?.regionalDomainName).toBeDefined();
    });
    template.resourceCountIs("AWS::ApiGatewayV2::ApiMapping", 1);
  });

  it("log retention, memory and the console's name are as its props say", () => {
    const template = foreignStack((stack) => {
      new Rappel(stack, "Webhooks", {
        logRetention: RetentionDays.ONE_WEEK,
        memoryMb: { api: 2048 },
        consoleBranding: { name: "Acme" },
      });
    });
    for (const [, { Properties }] of ofType(template, "AWS::Logs::LogGroup"))
      expect(Properties?.["RetentionInDays"]).toBe(7);
    const codeOf = (of: typeof alone, id: RegExp) =>
      JSON.stringify(ofType(of, "AWS::Lambda::Function").find(([found]) => id.test(found))?.[1].Properties?.["Code"]);
    template.hasResourceProperties("AWS::Lambda::Function", { MemorySize: 2048 });
    expect(codeOf(template, /Console/)).not.toBe(codeOf(alone, /Console/));
    expect(codeOf(template, /Wake/)).toBe(codeOf(alone, /Wake/));
  });
});

describe("Rappel.fromAttributes", () => {
  it("an app that only sends knows URL and metrics, and adds no resource", () => {
    const stack = new Stack(new App(), "Shop");
    const known = { apiUrl: "https://hooks.example.com", metricNamespace: "Rappel/prod" };
    const rappel = Rappel.fromAttributes(stack, "Webhooks", known);
    expect(rappel).toMatchObject(known);
    expect(stack.resolve(rappel.metricAccepted())).toMatchObject({ namespace: "Rappel/prod" });
    expect(stack.node.findAll().filter((each) => CfnResource.isCfnResource(each))).toEqual([]);
  });

  it("a metric without a namespace is an error that names what is missing", () => {
    const stack = new Stack(new App(), "Shop");
    const rappel = Rappel.fromAttributes(stack, "Webhooks", { apiUrl: "https://hooks.example.com" });
    expect(() => rappel.metricDelivered()).toThrow(
      "Cannot use metrics of Rappel Shop/Webhooks: give metricNamespace to Rappel.fromAttributes",
    );
  });
});

describe("the metrics of Rappel", () => {
  it("each metric method leads to metrics that a dashboard of Rappel shows", () => {
    const dashboards = JSON.stringify(alone.findResources("AWS::CloudWatch::Dashboard")).replaceAll("\\", "");
    foreignStack((stack) => {
      const rappel = new Rappel(stack, "Webhooks");
      const methods = [
        rappel.metricAccepted(),
        rappel.metricDelivered(),
        rappel.metricPending(),
        rappel.metricExhausted(),
        rappel.metricEndpointsSuspended(),
        rappel.metricAcceptToFirstAttempt(),
      ];
      for (const metric of methods) {
        const { metricStat, mathExpression } = metric.toMetricConfig();
        const parts = metricStat ? [metric] : Object.values(mathExpression?.usingMetrics ?? {});
        expect(parts.length).toBeGreaterThan(0);
        for (const part of parts) {
          const stat = part.toMetricConfig().metricStat;
          expect(stat?.namespace).toBe(rappel.metricNamespace);
          expect(dashboards).toContain(
            `["${stat?.namespace}","${stat?.metricName}","service","${stat?.dimensions?.[0]?.value}"`,
          );
        }
      }
    });
  });
});
