import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, inject, it } from "vitest";
import * as z from "zod";
import { templateOf } from "./template.ts";

const Manifest = z.object({
  artifacts: z.record(z.string(), z.looseObject({ dependencies: z.array(z.string()).optional() })),
});
const delivery = templateOf("delivery");

describe("from the queue to dispatch", () => {
  it("dispatch gets ten messages at once without a batching window, and returns only failed ones", () => {
    delivery.resourceCountIs("AWS::Lambda::EventSourceMapping", 2);
    delivery.resourcePropertiesCountIs(
      "AWS::Lambda::EventSourceMapping",
      { ScalingConfig: { MaximumConcurrency: 500 } },
      1,
    );
    delivery.resourcePropertiesCountIs(
      "AWS::Lambda::EventSourceMapping",
      { ScalingConfig: { MaximumConcurrency: 100 } },
      1,
    );
    delivery.hasResourceProperties("AWS::Lambda::EventSourceMapping", {
      BatchSize: 10,
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      MaximumBatchingWindowInSeconds: Match.absent(),
      FunctionName: { Ref: Match.stringLikeRegexp("^DispatchFunction") },
      EventSourceArn: { "Fn::ImportValue": Match.stringLikeRegexp("EventsQueue.*Arn") },
    });
  });
});

describe("the setting `shards`", () => {
  it("reaches the functions that read before the one that spreads events: the API's stack is deployed after delivery's", () => {
    const manifest: unknown = JSON.parse(readFileSync(join(inject("assemblies").prod, "manifest.json"), "utf8"));
    const { artifacts } = Manifest.parse(manifest);
    expect(artifacts["rappel-prod-api"]?.dependencies).toContain("rappel-prod-delivery");
  });
});

describe("wake-ups", () => {
  it("wake-ups trigger the wake function, and only that may send to its queue besides dispatch", () => {
    delivery.hasResourceProperties("AWS::Lambda::EventSourceMapping", {
      FunctionName: { Ref: Match.stringLikeRegexp("^WakeFunction") },
      EventSourceArn: { "Fn::ImportValue": Match.stringLikeRegexp("WakeUpsQueue.*Arn") },
      FunctionResponseTypes: ["ReportBatchItemFailures"],
    });
    delivery.resourcePropertiesCountIs("AWS::Lambda::Function", { RecursiveLoop: "Allow" }, 1);
    delivery.hasResourceProperties("AWS::Lambda::Function", {
      Description: Match.stringLikeRegexp("wake-up"),
      RecursiveLoop: "Allow",
    });
  });

  it("overdue wake-ups are looked for every minute", () => {
    delivery.hasResourceProperties("AWS::Scheduler::Schedule", {
      ScheduleExpression: "rate(1 minute)",
      Target: Match.objectLike({ Arn: { "Fn::GetAtt": [Match.stringLikeRegexp("^SweepFunction"), "Arn"] } }),
    });
  });

  it("the role for wake-ups can be passed to the Scheduler only", () => {
    for (const stack of [delivery, templateOf("api")]) {
      stack.hasResourceProperties("AWS::IAM::Policy", {
        PolicyDocument: Match.objectLike({
          Statement: Match.arrayWith([
            Match.objectLike({
              Action: "iam:PassRole",
              Condition: { StringEquals: { "iam:PassedToService": "scheduler.amazonaws.com" } },
            }),
          ]),
        }),
      });
    }
  });
});

describe("functions that run every minute", () => {
  it("a function that runs every minute is not retried, because the next run continues", () => {
    const each = ["Sweep", "Erase"];
    delivery.resourceCountIs("AWS::Lambda::EventInvokeConfig", each.length);
    for (const name of each) {
      delivery.hasResourceProperties("AWS::Lambda::EventInvokeConfig", {
        FunctionName: { Ref: Match.stringLikeRegexp(`^${name}Function`) },
        Qualifier: "$LATEST",
        MaximumRetryAttempts: 0,
        MaximumEventAgeInSeconds: 60,
        DestinationConfig: Match.absent(),
      });
      delivery.hasResourceProperties("AWS::Scheduler::Schedule", {
        ScheduleExpression: "rate(1 minute)",
        Target: Match.objectLike({ Arn: { "Fn::GetAtt": [Match.stringLikeRegexp(`^${name}Function`), "Arn"] } }),
      });
    }
  });
});
