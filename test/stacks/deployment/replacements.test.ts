import { Alarm } from "aws-cdk-lib/aws-cloudwatch";
import { Code, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { App, Stack } from "aws-cdk-lib/core";
import { describe, expect, it } from "vitest";
import { publishStackId, updateOnReplacement } from "../../../lib/constructs/replacements.ts";
import { templateOf } from "../template.ts";

interface Watched {
  readonly logGroupName?: string;
  readonly code?: string;
  readonly environment?: Record<string, string>;
  readonly functionName?: string;
}

/** The tag of an alarm that watches a stack with a log group and a function. */
function tagFor({ logGroupName, code = "0", environment = {}, functionName }: Watched): unknown {
  const app = new App({ builtinCloudFormationValidation: false });
  const watched = new Stack(app, "watched");
  publishStackId(watched);
  new LogGroup(watched, "Logs", { ...(logGroupName !== undefined && { logGroupName }) });
  const lambda = new LambdaFunction(watched, "Function", {
    code: Code.fromInline(code),
    handler: "index.handler",
    runtime: Runtime.NODEJS_24_X,
    environment,
    ...(functionName !== undefined && { functionName }),
  });
  const watching = new Stack(app, "watching");
  new Alarm(watching, "Errors", { metric: lambda.metricErrors(), threshold: 1, evaluationPeriods: 1 });
  updateOnReplacement(watching, [watched]);
  const { Resources } = app.synth().getStackByName("watching").template;
  const [alarm] = Object.values(Resources).filter(
    (resource) => Reflect.get(Object(resource), "Type") === "AWS::CloudWatch::Alarm",
  );
  return Object(alarm).Properties.Tags;
}

describe("alarms and dashboards of replaced resources", () => {
  it("alarms are updated when a watched resource may get another name, and not when only code or environment change", () => {
    const before = tagFor({});
    expect(tagFor({ code: "1", environment: { A: "b" } })).toEqual(before);
    expect(tagFor({ logGroupName: "/aws/vendedlogs/new" })).not.toEqual(before);
    expect(tagFor({ functionName: "new" })).not.toEqual(before);
  });

  it("every alarm and dashboard changes with the definitions of all three stacks, and with each creation of one", () => {
    const observability = templateOf("observability");
    const parameters = Object.entries(observability.toJSON()["Parameters"]).flatMap(([id, parameter]) => {
      const name = Reflect.get(Object(parameter), "Default");
      return String(name).endsWith("/stack-id") ? [[id, name] as const] : [];
    });
    expect(parameters.map(([, name]) => name).sort()).toEqual(
      ["api", "delivery", "state"].map((name) => `/rappel-prod-${name}/stack-id`),
    );
    const tagged = ["Alarm", "Dashboard"].flatMap((type) =>
      Object.values(observability.findResources(`AWS::CloudWatch::${type}`)),
    );
    expect(tagged).toHaveLength(29);
    for (const { Properties } of tagged) {
      const { Value } = Properties.Tags.find(({ Key }: { Key: string }) => Key === "rappel:watches");
      for (const [id] of parameters) expect(JSON.stringify(Value)).toContain(`{"Ref":"${id}"}`);
      const [separator, [hash, ...ids]] = Value["Fn::Join"];
      expect(hash).toMatch(/^[0-9a-f]{12}$/);
      // CloudWatch: a tag's value has at most 256 characters. A stack's id has 36.
      expect(hash.length + ids.length * (separator.length + 36)).toBeLessThanOrEqual(256);
    }
  });

  it.each(["state", "api", "delivery"] as const)(
    "the stack %s publishes its id, which is another in each creation",
    (name) => {
      templateOf(name).hasResourceProperties("AWS::SSM::Parameter", {
        Name: `/rappel-prod-${name}/stack-id`,
        Value: { Ref: "AWS::StackId" },
      });
    },
  );
});
