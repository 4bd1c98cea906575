import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, inject, it } from "vitest";
import * as z from "zod";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { readAssembly } from "../../local/emulator/template/assembly.ts";
import { type Grant as Granted, readRoles } from "../privileges/grants.ts";
import { actionsOn, grantsOf, STACKS, templateOf } from "./template.ts";

const templates = { api: templateOf("api"), delivery: templateOf("delivery") };
const each = Object.values(templates);
const grants = each.flatMap(grantsOf);

const FunctionResource = z.object({
  Properties: z.object({
    Code: z.object({ S3Key: z.string() }),
    Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
  }),
});

describe("every function", () => {
  it("every function runs Node 24 on arm64, logs JSON to its own log group and has no VPC", () => {
    let functions = 0;
    for (const template of each) {
      for (const [id, { Properties }] of Object.entries(template.findResources("AWS::Lambda::Function"))) {
        functions += 1;
        expect(Properties, id).toMatchObject({
          Runtime: "nodejs24.x",
          Architectures: ["arm64"],
          LoggingConfig: {
            LogFormat: "JSON",
            LogGroup: { Ref: expect.stringMatching(/^(Accept|Api|Console|Dispatch|Erase|Sweep|Wake)Logs/) },
          },
        });
        expect(Properties, id).not.toHaveProperty("VpcConfig");
      }
    }
    expect(functions).toBe(7);
  });

  it("every function ends before its caller's timeout", () => {
    templates.delivery.allResourcesProperties("AWS::Lambda::Function", { Timeout: LIMITS.functionSeconds });
    templates.api.allResourcesProperties("AWS::Lambda::Function", { Timeout: 29 }); // API Gateway waits for 30 s
  });

  it("every log group has a retention", () => {
    for (const template of each) template.allResourcesProperties("AWS::Logs::LogGroup", { RetentionInDays: 90 });
  });

  it("the settings of a stage reach the environment of the functions", () => {
    expect(environmentOf("Accept")).toEqual(["EVENTS_PER_SECOND", "EVENTS_QUEUE_URL", "SHARDS", "TABLE_NAME"]);
    const sending = ["ALLOW_LOOPBACK", "HTTPS_ONLY", "SHARDS", "TABLE_NAME"];
    const wakes = [
      "SCHEDULER_FROM_SECONDS",
      "SCHEDULER_ROLE_ARN",
      "SCHEDULE_GROUP",
      "WAKES_QUEUE_ARN",
      "WAKES_QUEUE_URL",
    ];
    expect(environmentOf("Api")).toEqual(
      [
        ...sending,
        ...wakes,
        "CONSOLE_FRAME_ANCESTORS",
        "EVENTS_DEAD_LETTERS_URL",
        "EVENTS_PER_SECOND",
        "EVENTS_QUEUE_URL",
        "OPERATOR_ACCOUNT",
        "RETRY_SCHEDULE",
        "SEALING_KEY_ARN",
        "WAKES_DEAD_LETTERS_URL",
      ].sort(),
    );
    expect(environmentOf("Console")).toEqual(["CONSOLE_FRAME_ANCESTORS"]);
    const telling = ["EVENTS_QUEUE_URL", "EARLY_PROBE_SECONDS", "OPERATOR_ACCOUNT", "SEALING_KEY_ARN"];
    const watching = ["FAILURE_RATE_MIN_EMAILS", "FAILURE_RATE_MINUTES", "FAILURE_RATE_PERCENT"];
    expect(environmentOf("Dispatch")).toEqual(
      [...sending, ...wakes, ...telling, ...watching, "NOT_YET_LOGGED_SECONDS", "EVENTS_DEAD_LETTERS_URL"].sort(),
    );
    expect(environmentOf("Wake")).toEqual([...sending, ...wakes, ...telling, "WAKES_DEAD_LETTERS_URL"].sort());
    const dead = ["EVENTS_DEAD_LETTERS_URL", "WAKES_DEAD_LETTERS_URL"];
    expect(environmentOf("Sweep")).toEqual(["EVENTS_QUEUE_URL", "SHARDS", "TABLE_NAME", ...wakes, ...dead].sort());
    expect(environmentOf("Erase")).toEqual(
      ["ERASE_AFTER_SECONDS", "SEALING_KEY_ARN", "SHARDS", "TABLE_NAME", ...wakes].sort(),
    );
  });

  it("no site may embed the console, unless a setting names it", () => {
    for (const description of [/^Endpoints, events/, /^Serves the console/])
      templateOf("api").hasResourceProperties("AWS::Lambda::Function", {
        Description: Match.stringLikeRegexp(description.source),
        Environment: { Variables: { CONSOLE_FRAME_ANCESTORS: "'none'" } },
      });
  });

  it("a stage without a default rate of events sets none", () => {
    for (const description of [/^Accepts events/, /^Endpoints, events/])
      templateOf("api", "local").hasResourceProperties("AWS::Lambda::Function", {
        Description: Match.stringLikeRegexp(description.source),
        Environment: { Variables: { EVENTS_PER_SECOND: Match.absent() } },
      });
  });

  it.each(["prod", "local"] as const)("only stage local may deliver to loopback: %s", (stage) => {
    templateOf("delivery", stage).hasResourceProperties("AWS::Lambda::Function", {
      Environment: { Variables: { ALLOW_LOOPBACK: String(stage === "local") } },
    });
  });
});

describe("every role", () => {
  const manage = ["BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"].map(
    (a) => `dynamodb:${a}`,
  );

  it("every role may do exactly what its function does", () => {
    expect(actionsOn(grants, "Accept", /Table/)).toEqual(
      ["BatchGetItem", "GetItem", "PutItem", "UpdateItem"].map((action) => `dynamodb:${action}`),
    );
    expect(actionsOn(grants, "Accept", /EventsQueue/)).toEqual(["sqs:SendMessage"]);
    expect(actionsOn(grants, "Api", /Table(?!.*index)/)).toEqual(manage);
    expect(actionsOn(grants, "Api", /index\/statuses/)).toEqual(["dynamodb:Query"]);
    expect(actionsOn(grants, "Api", /EventsQueue/)).toEqual(["sqs:GetQueueAttributes", "sqs:SendMessage"]);
    expect(actionsOn(grants, "Dispatch", /Table/)).toEqual([...manage, "dynamodb:BatchWriteItem"].sort());
    expect(actionsOn(grants, "Dispatch", /EventsDeadLetters/)).toEqual(["sqs:SendMessage"]);
    expect(actionsOn(grants, "Dispatch", /EventsQueue/)).toEqual([
      "sqs:ChangeMessageVisibility",
      "sqs:DeleteMessage",
      "sqs:GetQueueAttributes",
      "sqs:ReceiveMessage",
      "sqs:SendMessage",
    ]);
    expect(actionsOn(grants, "Wake", /Table/)).toEqual(manage);
    expect(actionsOn(grants, "Wake", /EventsQueue/)).toEqual(["sqs:SendMessage"]);
    expect(actionsOn(grants, "Wake", /WakeUpsDeadLetters/)).toEqual(["sqs:SendMessage"]);
    expect(actionsOn(grants, "Wake", /WakeUpsQueue/)).toEqual([
      "sqs:DeleteMessage",
      "sqs:GetQueueAttributes",
      "sqs:ReceiveMessage",
      "sqs:SendMessage",
    ]);
    // Their lengths, for the operator.
    for (const queue of [/EventsDeadLetters/, /WakeUpsDeadLetters/])
      expect(actionsOn(grants, "Api", queue)).toEqual(["sqs:GetQueueAttributes"]);
    // The console has no permission but its own log.
    expect(grants.filter(({ role }) => role === "Console")).toHaveLength(1);
    expect(actionsOn(grants, "Sweep", /Table(?!.*index)/)).toEqual(["dynamodb:BatchGetItem", "dynamodb:Query"]);
    expect(actionsOn(grants, "Sweep", /EventsQueue/)).toEqual(["sqs:GetQueueAttributes", "sqs:SendMessage"]);
    expect(actionsOn(grants, "Sweep", /WakeUpsQueue|schedule/)).toEqual(["sqs:SendMessage"]);
    for (const queue of [/EventsDeadLetters/, /WakeUpsDeadLetters/])
      expect(actionsOn(grants, "Sweep", queue)).toEqual(["sqs:DeleteMessage", "sqs:ReceiveMessage"]);
    expect(actionsOn(grants, "Erase", /Table/)).toEqual(
      ["BatchGetItem", "BatchWriteItem", "DeleteItem", "GetItem", "Query", "UpdateItem"].map((a) => `dynamodb:${a}`),
    );
    expect(actionsOn(grants, "Erase", /:schedule\//)).toEqual(["scheduler:DeleteSchedule"]);
    expect(actionsOn(grants, "Erase", /WakeUpsQueue/)).toEqual(["sqs:SendMessage"]);
    for (const role of ["Api", "Dispatch", "Wake"]) {
      expect(actionsOn(grants, role, /:schedule\//)).toEqual(["scheduler:CreateSchedule", "scheduler:DeleteSchedule"]);
      expect(actionsOn(grants, role, /SchedulerRole/)).toEqual(["iam:PassRole"]);
      expect(actionsOn(grants, role, /WakeUpsQueue/)).toContain("sqs:SendMessage");
    }
    for (const role of ["Accept", "Api", "Console", "Dispatch", "Erase", "Sweep", "Wake"]) {
      expect(actionsOn(grants, role, new RegExp(`"${role}Logs`))).toEqual([
        "logs:CreateLogStream",
        "logs:PutLogEvents",
      ]);
    }
    for (const role of ["Api", "Dispatch", "Erase", "Wake"]) {
      const making = role === "Api" ? ["kms:GenerateDataKey"] : [];
      expect(actionsOn(grants, role, /SealingKey/)).toEqual(["kms:Decrypt", ...making]);
    }
    expect(grants).toHaveLength(39);
  });

  it("no policy has a wildcard except for schedules of our group, and no role has a managed policy", () => {
    for (const { actions, resource } of grants) {
      expect(actions.filter((action) => action.includes("*"))).toEqual([]);
      expect(
        resource.replace(/(:schedule\/",\{"Fn::ImportValue":"[\w:-]+WakeUpsGroup\w+"\},"\/)\*/, "$1"),
      ).not.toContain("*");
    }
    for (const stack of STACKS) {
      for (const { Properties } of Object.values(templateOf(stack).findResources("AWS::IAM::Role"))) {
        expect(Properties).not.toHaveProperty("ManagedPolicyArns");
      }
    }
  });

  it("no resource policy allows more than the roles' own policies, in prod and local", () => {
    const { prod, local } = inject("assemblies");
    const [deployed, proved] = [prod, local].map((folder) => readRoles(readAssembly(folder)));
    expect(deployed?.resourcePolicies).toEqual([]);
    const plain = (grant: Granted) => JSON.stringify(grant).replaceAll(/rappel-(prod|local)/g, "rappel");
    expect(deployed?.grants.map(plain).sort()).toEqual(proved?.grants.map(plain).sort());
  });
});

describe("every bundle", () => {
  it.each(["Accept", "Api", "Console", "Dispatch", "Erase", "Sweep", "Wake"])(
    "the bundle of %s starts in plain Node with its stack's environment",
    (name) => {
      const { Code, Environment } = functionOf(name);
      const bundle = join(inject("assemblies").prod, `asset.${Code.S3Key.replace(".zip", "")}`, "index.mjs");
      const script = `const { handler } = await import(${JSON.stringify(pathToFileURL(bundle).href)}); console.log(typeof handler)`;
      // CloudFormation's values are names or URLs. A dash in a URL would be invalid.
      const environment = Object.entries(Environment.Variables).map(([variable, value]) => [
        variable,
        typeof value === "string" ? value : "https://sqs.eu-west-3.amazonaws.com/123456789012/events",
      ]);
      const printed = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
        cwd: inject("assemblies").prod,
        env: { ...Object.fromEntries(environment), AWS_REGION: "eu-west-3" },
        encoding: "utf8",
      });
      expect(printed.trim()).toBe("function");
      // A CommonJS package that requires Node's own modules would fail at its first use. Then esbuild needs a banner.
      const code = readFileSync(bundle, "utf8");
      expect(code).not.toContain("Dynamic require of");
      // A function's credentials are in its environment: what looks for others would only take time to load.
      expect(code).not.toMatch(/fromSSO|container_credentials|AWS_WEB_IDENTITY_TOKEN_FILE/i);
    },
  );
});

/** The properties of one function, by the name of its construct. */
function functionOf(name: string) {
  const found = each.flatMap((template) => Object.entries(template.findResources("AWS::Lambda::Function")));
  const [, resource] = found.find(([id]) => id.startsWith(`${name}Function`)) ?? [];
  return FunctionResource.parse(resource).Properties;
}

/** The environment variables of a function, except those of Powertools. */
function environmentOf(name: string): string[] {
  return Object.keys(functionOf(name).Environment.Variables)
    .filter((variable) => !variable.startsWith("POWERTOOLS_"))
    .sort();
}
