import { Match } from "aws-cdk-lib/assertions";
import { describe, it } from "vitest";
import { templateOf } from "./template.ts";

const delivery = templateOf("delivery");

describe("the way from the queue to dispatch", () => {
  it("brings ten messages at once, without waiting, and takes back only those that failed", () => {
    delivery.resourceCountIs("AWS::Lambda::EventSourceMapping", 1);
    delivery.hasResourceProperties("AWS::Lambda::EventSourceMapping", {
      BatchSize: 10,
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      MaximumBatchingWindowInSeconds: Match.absent(),
      FunctionName: { Ref: Match.stringLikeRegexp("^DispatchFunction") },
      EventSourceArn: { "Fn::ImportValue": Match.stringLikeRegexp("EventsQueue.*Arn") },
    });
  });
});
