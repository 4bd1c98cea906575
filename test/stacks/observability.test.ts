import { readFileSync } from "node:fs";
import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, inject, it } from "vitest";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { readAssembly } from "../../local/emulator/template/assembly.ts";
import { watchedMetrics } from "../adapters/watched-metrics.ts";
import { grantsOf, STACKS, templateOf } from "./template.ts";

const observability = templateOf("observability");
const alarms = Object.entries(observability.findResources("AWS::CloudWatch::Alarm"));

describe("the alarms", () => {
  it("there are alarms for dead letters, message age, functions, wake-ups, the sweeper, suspensions, failure rates and 5xx", () => {
    expect(alarms.map(([id]) => id.replace(/[0-9A-F]{8}$/, "")).sort()).toEqual([
      "AcceptErrors",
      "AcceptThrottled",
      "ApiErrors",
      "ApiThrottled",
      "ConsoleErrors",
      "ConsoleThrottled",
      "DeadLettersNotEmpty",
      "DispatchErrors",
      "DispatchThrottled",
      "EndpointsSuspended",
      "EraseErrors",
      "EraseThrottled",
      "FailureRateExceeded",
      "MessagesFailing",
      "OldestMessageTooOld",
      "ServerErrors",
      "StatusEventsDropped",
      "SweepErrors",
      "SweepThrottled",
      "SweeperRepairing",
      "SweeperSilent",
      "WakeDeadLettersNotEmpty",
      "WakeErrors",
      "WakeThrottled",
      "WakeUpTooOld",
      "WakeUpsDropped",
      "WakeUpsLate",
    ]);
  });

  it("alarms go off at the first dead letter, and when a message is older than the limit", () => {
    // Also while the sweeper looks at them, which hides them.
    observability.hasResourceProperties("AWS::CloudWatch::Alarm", {
      Metrics: Match.arrayWith([
        Match.objectLike({ Expression: "visible + hidden" }),
        Match.objectLike({ MetricStat: { Metric: { MetricName: "ApproximateNumberOfMessagesNotVisible" } } }),
      ]),
      Threshold: 1,
      ComparisonOperator: "GreaterThanOrEqualToThreshold",
    });
    observability.hasResourceProperties("AWS::CloudWatch::Alarm", {
      MetricName: "ApproximateAgeOfOldestMessage",
      Threshold: LIMITS.notYetLoggedSeconds,
    });
  });

  it.each(alarms)(
    "%s states its impact and the first step within CloudWatch's 1,024 characters",
    (_, { Properties }) => {
      const text = JSON.stringify(Properties.AlarmDescription);
      expect(text).toMatch(/Impact: .+\. First step: .+/);
      expect(text.length).toBeLessThan(1024);
    },
  );

  it.each(["Accept", "Api", "Console", "Dispatch", "Erase", "Sweep", "Wake"])(
    "the alarm for errors of %s names the function's log in the first step",
    (name) => {
      const [, errors] = alarms.find(([id]) => id.startsWith(`${name}Errors`)) ?? [];
      const text = JSON.stringify(errors?.["Properties"].AlarmDescription);
      expect(text).toMatch(new RegExp(`First step: aws logs tail [^ ]+OutputRef${name}Logs`));
    },
  );

  it("alarms notify the stage's e-mail address when they start and end", () => {
    observability.hasResourceProperties("AWS::SNS::Subscription", { Protocol: "email", Endpoint: "ops@example.com" });
    for (const [id, { Properties }] of alarms) {
      expect(Properties.AlarmActions, id).toHaveLength(1);
      expect(Properties.OKActions, id).toHaveLength(1);
    }
    observability.hasResourceProperties("AWS::SNS::TopicPolicy", {
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: "Allow",
            Principal: { Service: "cloudwatch.amazonaws.com" },
            Action: "sns:Publish",
          }),
        ]),
      }),
    });
  });

  it("alarms notify their topic if there is no e-mail address", () => {
    const local = templateOf("observability", "local");
    local.resourceCountIs("AWS::SNS::Topic", 1);
    local.resourceCountIs("AWS::SNS::Subscription", 0);
  });

  it("missing data is bad for the sweeper's heartbeat and good for all other alarms", () => {
    for (const [id, { Properties }] of alarms) {
      const isSweeper = id.startsWith("SweeperSilent");
      expect(Properties.TreatMissingData, id).toBe(isSweeper ? "breaching" : "notBreaching");
      expect(Properties.ComparisonOperator, id).toBe(isSweeper ? "LessThanThreshold" : "GreaterThanOrEqualToThreshold");
    }
  });

  it("the suspension alarm goes off at the stage's number of suspensions within an hour", () => {
    const [, suspended] = alarms.find(([id]) => id.startsWith("EndpointsSuspended")) ?? [];
    expect(suspended?.["Properties"]).toMatchObject({ Threshold: 5 });
  });
});

describe("the dashboards", () => {
  it("there are two dashboards, and every graph and list says what is normal", () => {
    const dashboards = Object.values(observability.findResources("AWS::CloudWatch::Dashboard"));
    const titles = dashboards.map(({ Properties }) => {
      const body = JSON.stringify(Properties.DashboardBody);
      return [...body.matchAll(/\\+"title\\+":\\+"([^"\\]+)/g)].map(([, title]) => title);
    });
    expect(titles.map(({ length }) => length)).toEqual([18, 12]);
    for (const title of titles.flat()) expect(title).toContain("(good: ");
  });
});

describe("the graph of the table", () => {
  it("the graph of the table counts throttles of exactly the operations that functions may use", () => {
    const [golden] = Object.entries(observability.findResources("AWS::CloudWatch::Dashboard"))
      .filter(([id]) => id.startsWith("Dashboard"))
      .map(([, { Properties }]) => JSON.stringify(Properties.DashboardBody));
    const counted = [...(golden ?? "").matchAll(/ThrottledRequests[^\]]+?Operation\\+",\\+"(\w+)/g)].map(
      ([, name]) => name,
    );
    const allowed = [templateOf("api"), templateOf("delivery")]
      .flatMap(grantsOf)
      .flatMap(({ actions }) => actions.filter((action) => action.startsWith("dynamodb:")))
      .map((action) => action.slice("dynamodb:".length));
    expect(counted.sort()).toEqual([...new Set(allowed)].sort());
  });
});

describe("the cost of monitoring", () => {
  it("the cost of monitoring in docs/operations/cost.md matches the alarms and metrics", () => {
    const assembly = readAssembly(inject("assemblies").prod);
    const template = assembly.templates.get("rappel-prod-observability");
    const metrics = [...(template ? watchedMetrics(template).widgets : [])].filter((name) =>
      name.startsWith("Rappel/prod "),
    );
    const looks = alarms.reduce((sum, [, { Properties }]) => {
      const metrics: { MetricStat?: unknown }[] = Properties.Metrics ?? [{ MetricStat: Properties.MetricName }];
      return sum + metrics.filter(({ MetricStat }) => MetricStat !== undefined).length;
    }, 0);
    const deploy = readFileSync("docs/operations/cost.md", "utf8");
    expect(deploy).toContain(`(${looks} now) | ${(looks * 0.1).toFixed(2)} |`);
    expect(deploy).toContain(
      `${metrics.length} if all are published in every hour; billed by the hour | 0.60 to ${(metrics.length * 0.3).toFixed(2)} |`,
    );
  });
});

describe("the outputs", () => {
  it("the outputs are the next commands, in order", () => {
    expect(Object.keys(observability.findOutputs("*"))).toEqual([
      "0Url",
      "1Health",
      "2CreateKey",
      "3RegisterEndpoint",
      "4SendEvent",
      "5Look",
      "6Dashboard",
      "7Alarms",
      "8Protect",
    ]);
    // Nothing is kept of a stage whose data is deleted with its stack.
    expect(Object.keys(templateOf("observability", "local").findOutputs("*"))).not.toContain("8Protect");
    expect(JSON.stringify(observability.findOutputs("2CreateKey"))).toContain(
      "npm run keys -- create --operator --table ",
    );
  });

  it("the link to the dashboard leads to the console of the deployment's own partition", () => {
    const link = JSON.stringify(observability.findOutputs("6Dashboard")["6Dashboard"]);
    const domain = /"\.console\.",(\{"Fn::If":.+?\]\}\]\}),"\/cloudwatch/.exec(link)?.[1] ?? "";
    expect(JSON.parse(domain)).toEqual({
      "Fn::If": ["IsChina", "amazonaws.cn", { "Fn::If": ["IsGovCloud", "amazonaws-us-gov.com", "aws.amazon.com"] }],
    });
    expect(observability.toJSON()["Conditions"]).toEqual({
      IsChina: { "Fn::Equals": [{ Ref: "AWS::Partition" }, "aws-cn"] },
      IsGovCloud: { "Fn::Equals": [{ Ref: "AWS::Partition" }, "aws-us-gov"] },
    });
  });

  it("no template has a name of AWS's standard partition", () => {
    for (const stack of STACKS)
      expect(
        JSON.stringify(templateOf(stack)).replace(/"IsGovCloud","amazonaws-us-gov.com","aws.amazon.com"/, ""),
        stack,
      ).not.toMatch(/arn:aws:|aws\.amazon\.com/);
  });

  it("the output commands use the account acme and the operator's key", () => {
    for (const id of ["3RegisterEndpoint", "4SendEvent", "5Look"])
      expect(JSON.stringify(observability.findOutputs(id)), id).toContain(
        "curl -u KEY_ID:SECRET -H 'Rappel-Account: acme' ",
      );
  });
});
