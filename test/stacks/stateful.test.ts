import { describe, expect, it } from "vitest";
import { STACKS, templateOf } from "./template.ts";

/** Types whose resources cannot be replaced without a loss: they hold data or have names that others use. */
const STATEFUL = [
  "AWS::ApiGatewayV2::Api", // producers call a URL with its id
  "AWS::DynamoDB::GlobalTable",
  "AWS::KMS::Key",
  "AWS::Logs::LogGroup",
  "AWS::SNS::Topic", // it has subscribers
  "AWS::SQS::Queue",
  "AWS::Scheduler::ScheduleGroup",
];
/** Types whose resources can be created again from the template alone. */
const STATELESS = [
  "AWS::ApiGatewayV2::Integration",
  "AWS::ApiGatewayV2::Route",
  "AWS::ApiGatewayV2::Stage",
  "AWS::CloudWatch::Alarm",
  "AWS::CloudWatch::Dashboard",
  "AWS::IAM::Policy",
  "AWS::IAM::Role",
  "AWS::Lambda::EventInvokeConfig",
  "AWS::Lambda::EventSourceMapping",
  "AWS::Lambda::Function",
  "AWS::Lambda::Permission",
  "AWS::SNS::Subscription",
  "AWS::SNS::TopicPolicy",
  "AWS::SQS::QueuePolicy",
  "AWS::SSM::Parameter",
  "AWS::Scheduler::Schedule",
];

const resources = STACKS.flatMap((stack) =>
  Object.entries(templateOf(stack).toJSON()["Resources"]).map(([id, resource]) => ({
    stack,
    id,
    type: String(Reflect.get(Object(resource), "Type")),
    deletionPolicy: Reflect.get(Object(resource), "DeletionPolicy"),
  })),
);

describe("stateful resources", () => {
  it("stateful resources keep their logical ids, because another id would create an empty table or queue and another URL", () => {
    const pinned = resources.filter(({ type }) => STATEFUL.includes(type));
    expect(pinned.map(({ stack, type, id }) => `${stack} ${type} ${id}`).sort()).toMatchInlineSnapshot(`
      [
        "api AWS::ApiGatewayV2::Api HttpApiF5A9A8A7",
        "api AWS::Logs::LogGroup AcceptLogsBD525092",
        "api AWS::Logs::LogGroup AccessLogs8B620ECA",
        "api AWS::Logs::LogGroup ApiLogsCD139AD4",
        "api AWS::Logs::LogGroup ConsoleLogs223D8CCD",
        "delivery AWS::Logs::LogGroup DispatchLogs05E1D4C4",
        "delivery AWS::Logs::LogGroup EraseLogs467C4CFF",
        "delivery AWS::Logs::LogGroup SweepLogsA7192123",
        "delivery AWS::Logs::LogGroup WakeLogsF9E94C25",
        "observability AWS::SNS::Topic Alarms04B5A0BF",
        "state AWS::DynamoDB::GlobalTable TableCD117FA1",
        "state AWS::KMS::Key SealingKey98C9818D",
        "state AWS::SQS::Queue EventsDeadLetters49D856A5",
        "state AWS::SQS::Queue EventsQueueB96EB0D2",
        "state AWS::SQS::Queue WakeUpsDeadLetters603E8A91",
        "state AWS::SQS::Queue WakeUpsQueue2CC32346",
        "state AWS::Scheduler::ScheduleGroup WakeUpsGroup6FF389C7",
      ]
    `);
  });

  it("every type of resource is listed as stateful or stateless", () => {
    const unknown = resources.map(({ type }) => type).filter((type) => ![...STATEFUL, ...STATELESS].includes(type));
    expect([...new Set(unknown)]).toEqual([]);
  });

  it("each resource that stays after cdk destroy is named by an output of its stack", () => {
    for (const stack of STACKS.filter((name) => name !== "observability")) {
      const kept = resources.filter(
        (resource) => resource.stack === stack && resource.deletionPolicy === "RetainExceptOnCreate",
      );
      const [output] = Object.values(templateOf(stack).findOutputs("Kept"));
      const named = [...JSON.stringify(output?.["Value"]).matchAll(/"Ref":"(\w+)"/g)].map(([, id]) => id);
      expect(named.sort()).toEqual(kept.map(({ id }) => id).sort());
      expect(named.length).toBeGreaterThan(0);
      expect(Object.values(templateOf(stack, "local").findOutputs("Kept"))).toMatchObject([{ Value: "nothing" }]);
    }
    // Monitoring is deleted with its stack.
    expect(
      resources.filter((resource) => resource.stack === "observability" && resource.deletionPolicy !== undefined),
    ).toEqual([]);
  });
});
