import { Match } from "aws-cdk-lib/assertions";
import { describe, it } from "vitest";
import { templateOf } from "./template.ts";

const delivery = templateOf("delivery");

describe("the way from the queue to dispatch", () => {
  it("brings ten messages at once, without waiting, and takes back only those that failed", () => {
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

describe("wake-ups", () => {
  it("feed the wake function, which may feed its own queue; no other function may", () => {
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

  it("that are overdue are looked for every minute", () => {
    delivery.hasResourceProperties("AWS::Scheduler::Schedule", {
      ScheduleExpression: "rate(1 minute)",
      Target: Match.objectLike({ Arn: { "Fn::GetAtt": [Match.stringLikeRegexp("^SweepFunction"), "Arn"] } }),
    });
  });

  it("are set through a role that can be passed to the Scheduler alone", () => {
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

describe("what runs every minute", () => {
  it("is neither tried again by Lambda nor kept for later: the next minute does what a run left", () => {
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
