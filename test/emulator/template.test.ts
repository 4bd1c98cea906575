// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub uses these placeholders
import { describe, expect, it } from "vitest";
import type { Assembly } from "../../local/emulator/template/assembly.ts";
import { localAttributes } from "../../local/emulator/template/names.ts";
import { readResources } from "../../local/emulator/template/template.ts";

const assembly: Assembly = {
  assets: new Map(),
  templates: new Map([
    [
      "state",
      {
        Parameters: { Stage: { Default: "local" } },
        Resources: {
          Queue: { Type: "AWS::SQS::Queue", Properties: {} },
          Role: { Type: "AWS::IAM::Role", Properties: {} },
          Table: { Type: "AWS::DynamoDB::GlobalTable", Properties: { TableName: "events" } },
        },
        Outputs: {
          Q: { Value: { "Fn::GetAtt": ["Queue", "Arn"] }, Export: { Name: { "Fn::Sub": "${AWS::StackName}:Q" } } },
        },
      },
    ],
    ["api", { Parameters: {}, Resources: {}, Outputs: {} }],
  ]),
};
const { resolve } = readResources(assembly, localAttributes("http://127.0.0.1:1", "http://127.0.0.1:2"));

describe("values of a template", () => {
  it("Ref gives a queue's url, a table's name or a parameter's default", () => {
    expect(resolve("state", { Ref: "Queue" })).toBe("http://127.0.0.1:1/000000000000/state-Queue");
    expect(resolve("state", [{ Ref: "Table" }, { Ref: "Stage" }])).toEqual(["events", "local"]);
  });
  it("the ARN of a role has AWS's format, because the Scheduler refuses others", () => {
    expect(resolve("state", { "Fn::GetAtt": ["Role", "Arn"] })).toBe("arn:aws:iam::000000000000:role/state-Role");
  });
  it("Fn::GetAtt gives an ARN or a queue's name", () => {
    expect(resolve("state", { a: { "Fn::GetAtt": ["Queue", "Arn"] }, b: { "Fn::GetAtt": "Queue.QueueName" } })).toEqual(
      {
        a: "arn:aws:sqs:us-east-1:000000000000:state-Queue",
        b: "state-Queue",
      },
    );
  });
  it("values are read across stacks through exports", () => {
    const arn = "arn:aws:sqs:us-east-1:000000000000:state-Queue";
    expect(resolve("api", { "Fn::ImportValue": "state:Q" })).toBe(arn);
    expect(resolve("api", { "Fn::Select": [5, { "Fn::Split": [":", { "Fn::ImportValue": "state:Q" }] }] })).toBe(
      "state-Queue",
    );
  });
  it("Fn::Join and Fn::Sub are resolved", () => {
    expect(resolve("state", { "Fn::Join": ["-", ["a", { Ref: "AWS::Region" }]] })).toBe("a-us-east-1");
    expect(resolve("state", { "Fn::Sub": ["${Table}/${Queue.QueueName}/${x}/${!y}", { x: { Ref: "Stage" } }] })).toBe(
      "events/state-Queue/local/${y}",
    );
  });
  it("AWS::NoValue removes a property", () => {
    expect(resolve("state", { a: { Ref: "AWS::NoValue" }, b: 1 })).toEqual({ b: 1 });
  });
  it("an unknown intrinsic function is refused", () => {
    expect(() => resolve("state", { "Fn::Cidr": [] })).toThrow("Cannot resolve Fn::Cidr");
    expect(() => resolve("state", { Ref: "Unknown" })).toThrow("Cannot find Unknown");
  });
});
