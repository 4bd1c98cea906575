import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { templateOf } from "./template.ts";

const state = templateOf("state");

describe("what must outlive a deployment", () => {
  it("stays in the account when it leaves the template, in prod", () => {
    const kept = { DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" };
    state.allResources("AWS::DynamoDB::GlobalTable", kept);
    state.allResources("AWS::SQS::Queue", kept);
    state.allResources("AWS::KMS::Key", kept); // without it nothing sealed is ever opened again
  });

  it("goes with its stack where the settings say destroy", () => {
    const local = templateOf("state", "local");
    local.allResources("AWS::DynamoDB::GlobalTable", { DeletionPolicy: "Delete" });
    local.allResources("AWS::SQS::Queue", { DeletionPolicy: "Delete" });
  });
});

describe("the table", () => {
  it("has the keys, the time to live and the one index that the code reads and writes", () => {
    state.hasResourceProperties("AWS::DynamoDB::GlobalTable", {
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      TimeToLiveSpecification: { AttributeName: "expiresAt", Enabled: true },
      GlobalSecondaryIndexes: [
        {
          IndexName: "wakes",
          KeySchema: [
            { AttributeName: "wakeShard", KeyType: "HASH" },
            { AttributeName: "wakeKey", KeyType: "RANGE" },
          ],
          Projection: { ProjectionType: "KEYS_ONLY" },
        },
      ],
    });
  });

  it("is billed by request, can be restored to any second and cannot be deleted by mistake", () => {
    state.hasResourceProperties("AWS::DynamoDB::GlobalTable", {
      BillingMode: "PAY_PER_REQUEST",
      Replicas: [
        Match.objectLike({
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        }),
      ],
    });
  });
});

describe("the queues", () => {
  it("hide a message for at least six times what a dispatch may last", () => {
    expect(LIMITS.visibilitySeconds).toBeGreaterThanOrEqual(6 * LIMITS.functionSeconds);
    state.hasResourceProperties("AWS::SQS::Queue", { VisibilityTimeout: LIMITS.visibilitySeconds });
  });

  it("move a message that failed too often to the dead letters, and keep both for SQS's longest, 14 days", () => {
    state.hasResourceProperties("AWS::SQS::Queue", {
      RedrivePolicy: {
        deadLetterTargetArn: { "Fn::GetAtt": ["EventsDeadLetters49D856A5", "Arn"] },
        maxReceiveCount: LIMITS.maxReceives,
      },
    });
    state.resourcePropertiesCountIs("AWS::SQS::Queue", { MessageRetentionPeriod: 14 * 86_400 }, 3);
    // Of wake-ups only the dead letters: the sweeper sends again what is lost.
    state.resourcePropertiesCountIs("AWS::SQS::Queue", { MessageRetentionPeriod: 4 * 86_400 }, 1);
  });

  it("are encrypted, and refuse whoever does not use TLS", () => {
    state.allResourcesProperties("AWS::SQS::Queue", { SqsManagedSseEnabled: true });
    state.resourceCountIs("AWS::SQS::QueuePolicy", 4);
    state.allResourcesProperties("AWS::SQS::QueuePolicy", {
      PolicyDocument: Match.objectLike({
        Statement: [Match.objectLike({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } })],
      }),
    });
  });
});

describe("the Scheduler", () => {
  it("may send wake-ups only for schedules of this group and account", () => {
    state.hasResourceProperties("AWS::IAM::Role", {
      AssumeRolePolicyDocument: Match.objectLike({
        Statement: [
          Match.objectLike({
            Principal: { Service: "scheduler.amazonaws.com" },
            Condition: {
              StringEquals: {
                "aws:SourceAccount": { Ref: "AWS::AccountId" },
                "aws:SourceArn": { "Fn::GetAtt": [Match.stringLikeRegexp("^WakeUpsGroup"), "Arn"] },
              },
            },
          }),
        ],
      }),
    });
    state.hasResourceProperties("AWS::Scheduler::ScheduleGroup", { Name: "rappel-prod" });
  });
});
