import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Template } from "aws-cdk-lib/assertions";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { buildApp } from "../../lib/app.ts";
import { FUNCTIONS } from "../../lib/constructs/function-names.ts";
import { readContext } from "../../lib/context.ts";
import { readSettings, SETTINGS } from "../../lib/settings.ts";

const lines = readFileSync("stages.example.jsonc", "utf8").split("\n");
const stages = z
  .object({ prod: z.record(z.string(), z.unknown()) })
  .parse(JSON.parse(lines.filter((line) => !line.trimStart().startsWith("//")).join("\n")));

const folder = mkdtempSync(join(tmpdir(), "rappel-example-"));
const templates = new Map<string, Template>();
const stackOf = (name: string) => templates.get(name) ?? Template.fromJSON({});

beforeAll(async () => {
  const lambdasDir = join(folder, "lambdas");
  mkdirSync(lambdasDir);
  for (const name of FUNCTIONS) writeFileSync(join(lambdasDir, `${name}.ts`), "export const handler = () => {};");
  const outdir = join(folder, "out");
  const app = await buildApp({ context: { ...readContext(), stages }, stage: "prod", outdir, lambdasDir });
  app.synth(); // with cdk-nag and CloudFormation's schemas, so that an example which breaks a rule fails here
  for (const name of ["state", "api", "delivery", "observability"]) {
    const text = readFileSync(join(outdir, `rappel-prod-${name}.template.json`), "utf8");
    templates.set(name, Template.fromJSON(JSON.parse(text)));
  }
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the example of all settings", () => {
  it("the example has every setting with a comment and is valid", () => {
    expect(Object.keys(stages.prod).sort()).toEqual([...SETTINGS].sort());
    expect(readSettings(stages, "prod").stage).toBe("prod");
    for (const setting of SETTINGS) {
      const at = lines.findIndex((line) => line.startsWith(`    "${setting}"`));
      // Account and region share a comment.
      expect(lines[at - (setting === "region" ? 2 : 1)], setting).toMatch(/^ +\/\/ /);
    }
  });

  it("the API gets its own host name, and an output names the DNS record", () => {
    stackOf("api").hasResourceProperties("AWS::ApiGatewayV2::DomainName", {
      DomainName: "hooks.example.com",
      DomainNameConfigurations: [{ EndpointType: "REGIONAL", SecurityPolicy: "TLS_1_2" }],
    });
    stackOf("api").resourceCountIs("AWS::ApiGatewayV2::ApiMapping", 1);
    expect(JSON.stringify(stackOf("api").findOutputs("DnsRecord"))).toContain("hooks.example.com CNAME ");
    expect(JSON.stringify(stackOf("observability").findOutputs("1Health"))).toContain(
      "https://hooks.example.com/health",
    );
  });

  it("the link to the dashboard has the region that the stage sets, without a condition", () => {
    expect(JSON.stringify(stackOf("observability").findOutputs("6Dashboard"))).toContain(
      "https://eu-west-3.console.aws.amazon.com/cloudwatch/",
    );
    expect(stackOf("observability").toJSON()).not.toHaveProperty("Conditions");
  });

  it("a route can have its own rate", () => {
    const [stage] = Object.values(stackOf("api").findResources("AWS::ApiGatewayV2::Stage"));
    expect(stage?.["Properties"]).toMatchObject({
      RouteSettings: { "POST /v1/endpoints/test": { ThrottlingRateLimit: 10, ThrottlingBurstLimit: 20 } },
      DefaultRouteSettings: { ThrottlingRateLimit: 1000, ThrottlingBurstLimit: 2000 },
    });
    const routes = stackOf("api").findResources("AWS::ApiGatewayV2::Route", {
      Properties: { RouteKey: "POST /v1/endpoints/test" },
    });
    const [[id, route] = []] = Object.entries(routes);
    expect(stage?.["DependsOn"]).toContain(id);
    const [, integration = ""] = /"Ref":"(HttpApi\w+ToApi\w+)"/.exec(JSON.stringify(route)) ?? [];
    const uri = stackOf("api").findResources("AWS::ApiGatewayV2::Integration")[integration]?.["Properties"]
      .IntegrationUri;
    expect(JSON.stringify(uri)).toContain("ApiFunction");
  });

  it("the state stack can be protected from deletion", () => {
    const manifest = JSON.parse(readFileSync(join(folder, "out", "manifest.json"), "utf8"));
    expect(manifest.artifacts["rappel-prod-state"].properties.terminationProtection).toBe(true);
  });

  it("reserved concurrency and memory sizes are set as in the example", () => {
    const sizes = Object.fromEntries(
      ["api", "delivery"].flatMap((stack) =>
        Object.entries(stackOf(stack).findResources("AWS::Lambda::Function")).map(([id, { Properties }]) => [
          id.replace(/Function[0-9A-F]{8}$/, ""),
          [Properties.MemorySize, Properties.ReservedConcurrentExecutions],
        ]),
      ),
    );
    expect(sizes).toEqual({
      Accept: [512, 200],
      Api: [1024, undefined],
      Console: [256, undefined],
      Dispatch: [1024, undefined],
      Wake: [512, undefined],
      Sweep: [256, undefined],
      Erase: [256, undefined],
    });
  });

  it("all resources that cost money or hold data have the tags", () => {
    const types = ["SQS::Queue", "Lambda::Function", "Logs::LogGroup", "SNS::Topic", "ApiGatewayV2::Api", "IAM::Role"];
    const tagged = [...templates.values()].flatMap((template) =>
      types.flatMap((type) => Object.values(template.findResources(`AWS::${type}`))),
    );
    expect(tagged.length).toBeGreaterThan(20);
    for (const { Properties } of tagged) {
      const text = JSON.stringify(Properties.Tags);
      for (const part of ["rappel:stage", "prod", "deliverability"]) expect(text).toContain(part);
    }
    const [table] = Object.values(stackOf("state").findResources("AWS::DynamoDB::GlobalTable"));
    expect(JSON.stringify(table?.["Properties"].Replicas)).toContain("deliverability");
  });
});
