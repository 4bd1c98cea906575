import { beforeAll, describe, expect, it } from "vitest";
import type { Assembly } from "../../../local/emulator/template/assembly.ts";
import { synthesised } from "./synthesised.ts";

/** Kinds of names that one account has once, whatever the region. Source: the services' own quotas and user guides. */
const GLOBAL = /^AWS::(IAM::|S3::Bucket |CloudWatch::Dashboard |CloudFront::|Route53::)/;
/** Properties that hold a name of another resource, or one that is unique within its parent only. */
const NO_NAME_OF_ITS_OWN = [
  "AWS::ApiGatewayV2::Stage StageName", // within its API
  "AWS::CloudWatch::Alarm MetricName",
  "AWS::IAM::Policy PolicyName", // within its role
  "AWS::Lambda::EventInvokeConfig FunctionName",
  "AWS::Lambda::EventSourceMapping FunctionName",
  "AWS::Lambda::Permission FunctionName",
  "AWS::SNS::Topic DisplayName",
  "AWS::ApiGatewayV2::Api Name", // a title: two APIs can have the same
];

const assemblies = new Map<string, Assembly>();
beforeAll(async () => {
  for (const stage of ["dev", "prod"]) assemblies.set(stage, await synthesised(stage));
});

/** The names that a stage's templates give to resources, by kind, as they are in one region. */
function namesOf(stage: string, region: string): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const [stack, template] of assemblies.get(stage)?.templates ?? []) {
    for (const { Type, Properties } of Object.values(template.Resources)) {
      for (const [property, value] of Object.entries(Properties)) {
        const kind = `${Type} ${property}`;
        if (!/^(\w*[a-z])?Name$/.test(property) || NO_NAME_OF_ITS_OWN.includes(kind)) continue;
        names.set(kind, [...(names.get(kind) ?? []), render(value, region, stack)]);
      }
    }
  }
  return names;
}

/** The text of a name: as CloudFormation would resolve it in a region, for a stack that was created there. */
function render(value: unknown, region: string, stack: string): string {
  if (typeof value === "string") return value;
  const of = (key: string): unknown => Reflect.get(Object(value), key);
  if (of("Ref") === "AWS::Region") return region;
  if (of("Ref") === "AWS::StackId") return `arn:aws:cloudformation:${region}:123456789012:stack/${stack}/${region}-id`;
  for (const call of ["Fn::Join", "Fn::Select", "Fn::Split"]) {
    const found = of(call);
    if (!Array.isArray(found)) continue;
    const [first, second] = found;
    const parts = Array.isArray(second) ? second.map((part) => render(part, region, stack)) : second;
    if (call === "Fn::Join") return parts.join(first);
    const [separator, text] = second["Fn::Split"];
    return render(text, region, stack).split(separator)[Number(first)] ?? "";
  }
  throw new Error(`Cannot render the name ${JSON.stringify(value)}`);
}

const REGIONS = ["eu-west-3", "us-east-1"];

describe("deployments side by side in one account", () => {
  it("only these kinds of resources have a name of ours; CloudFormation makes all other names unique", () => {
    expect([...namesOf("prod", "eu-west-3").keys()].sort()).toMatchInlineSnapshot(`
      [
        "AWS::CloudWatch::Dashboard DashboardName",
        "AWS::Logs::LogGroup LogGroupName",
        "AWS::SSM::Parameter Name",
      ]
    `);
  });

  it("no name that is global in an account is the same in two regions or two stages", () => {
    const taken = new Map<string, string>();
    for (const stage of ["dev", "prod"])
      for (const region of REGIONS)
        for (const [kind, names] of namesOf(stage, region)) {
          if (!GLOBAL.test(`${kind} `)) continue;
          for (const name of names) {
            const by = `${stage} in ${region}`;
            expect(taken.get(`${kind} ${name}`), `${kind} ${name} of ${by}`).toBeUndefined();
            taken.set(`${kind} ${name}`, by);
          }
        }
    expect(taken.size).toBeGreaterThan(0);
  });

  it("no name is the same in two stages of one region", () => {
    const [dev, prod] = ["dev", "prod"].map((stage) => namesOf(stage, "eu-west-3"));
    for (const [kind, names] of prod ?? []) for (const name of names) expect(dev?.get(kind), kind).not.toContain(name);
    const stacks = [...assemblies.values()].flatMap(({ templates }) => [...templates.keys()]);
    expect(new Set(stacks).size).toBe(stacks.length);
  });

  it.each([
    ["cn-north-1", "amazonaws.cn"],
    ["us-gov-west-1", "amazonaws-us-gov.com"],
  ])("the link to the dashboard of a stage in %s leads to the console at %s", async (region, domain) => {
    const { templates } = await synthesised("dev", { region, account: "123456789012" });
    const link = templates.get("rappel-dev-observability")?.Outputs["6Dashboard"];
    expect(JSON.stringify(link)).toContain(`https://${region}.console.${domain}/cloudwatch/`);
    expect(JSON.stringify([...templates.values()])).not.toContain("arn:aws:");
  });
});
