import { readFileSync } from "node:fs";
import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, inject, it } from "vitest";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { readAssembly } from "../../local/emulator/template/assembly.ts";
import { watchedMetrics } from "../adapters/watched-metrics.ts";
import { grantsOf, templateOf } from "./template.ts";

const observability = templateOf("observability");
const alarms = Object.entries(observability.findResources("AWS::CloudWatch::Alarm"));

describe("the alarms", () => {
  it("watch dead letters, the oldest message, each function, promises, the sweeper, suspensions, shares and the API's 5xx", () => {
    expect(alarms.map(([id]) => id.replace(/[0-9A-F]{8}$/, "")).sort()).toEqual([
      "AcceptErrors",
      "AcceptThrottled",
      "ApiErrors",
      "ApiThrottled",
      "DeadLettersNotEmpty",
      "DispatchErrors",
      "DispatchThrottled",
      "EndpointsSuspended",
      "EraseErrors",
      "EraseThrottled",
      "FailureRateExceeded",
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

  it("go off at the first dead letter, and when a message is older than the API believes possible", () => {
    observability.hasResourceProperties("AWS::CloudWatch::Alarm", {
      MetricName: "ApproximateNumberOfMessagesVisible",
      Threshold: 1,
      ComparisonOperator: "GreaterThanOrEqualToThreshold",
    });
    observability.hasResourceProperties("AWS::CloudWatch::Alarm", {
      MetricName: "ApproximateAgeOfOldestMessage",
      Threshold: LIMITS.notYetLoggedSeconds,
    });
  });

  it.each(alarms)(
    "%s says its impact and the first step, within CloudWatch's 1,024 characters",
    (_, { Properties }) => {
      const text = JSON.stringify(Properties.AlarmDescription);
      expect(text).toMatch(/Impact: .+\. First step: .+/);
      expect(text.length).toBeLessThan(1024);
    },
  );

  it.each(["Accept", "Api", "Dispatch", "Erase", "Sweep", "Wake"])(
    "that watch %s's errors name its own log in the first step",
    (name) => {
      const [, errors] = alarms.find(([id]) => id.startsWith(`${name}Errors`)) ?? [];
      const text = JSON.stringify(errors?.["Properties"].AlarmDescription);
      expect(text).toMatch(new RegExp(`First step: aws logs tail [^ ]+OutputRef${name}Logs`));
    },
  );

  it("write to the stage's address when they go off and when they are over", () => {
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

  it("write to their topic where no address is given, for whoever subscribes", () => {
    const local = templateOf("observability", "local");
    local.resourceCountIs("AWS::SNS::Topic", 1);
    local.resourceCountIs("AWS::SNS::Subscription", 0);
  });

  it("take the sweeper's silence for bad, and the silence of all else for idleness", () => {
    for (const [id, { Properties }] of alarms) {
      const isSweeper = id.startsWith("SweeperSilent");
      expect(Properties.TreatMissingData, id).toBe(isSweeper ? "breaching" : "notBreaching");
      expect(Properties.ComparisonOperator, id).toBe(isSweeper ? "LessThanThreshold" : "GreaterThanOrEqualToThreshold");
    }
  });

  it("go off for suspensions when there are as many within an hour as the stage says", () => {
    const [, suspended] = alarms.find(([id]) => id.startsWith("EndpointsSuspended")) ?? [];
    expect(suspended?.["Properties"]).toMatchObject({ Threshold: 5 });
  });
});

describe("the dashboards", () => {
  it("are two, and say on every graph and list what good looks like", () => {
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
  it("counts throttles of every operation that a function may do there, and of no other", () => {
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

describe("what watching costs", () => {
  it("is what docs/operations/cost.md says: alarms by the metrics they look at, and metrics of our own", () => {
    const assembly = readAssembly(inject("assemblies").prod);
    const template = assembly.templates.get("rappel-prod-observability");
    const own = [...(template ? watchedMetrics(template).widgets : [])].filter((name) =>
      name.startsWith("Rappel/prod "),
    );
    const looks = alarms.reduce((sum, [, { Properties }]) => {
      const metrics: { MetricStat?: unknown }[] = Properties.Metrics ?? [{ MetricStat: Properties.MetricName }];
      return sum + metrics.filter(({ MetricStat }) => MetricStat !== undefined).length;
    }, 0);
    const deploy = readFileSync("docs/operations/cost.md", "utf8");
    expect(deploy).toContain(`(${looks} now) | ${(looks * 0.1).toFixed(2)} |`);
    expect(deploy).toContain(
      `${own.length} if everything happens in every hour, by the hour | 0.60 to ${(own.length * 0.3).toFixed(2)} |`,
    );
  });
});

describe("the outputs", () => {
  it("are the next commands to type, in order", () => {
    expect(Object.keys(observability.findOutputs("*"))).toEqual([
      "0Url",
      "1Health",
      "2CreateKey",
      "3RegisterEndpoint",
      "4SendEvent",
      "5Look",
      "6Dashboard",
      "7Alarms",
    ]);
    expect(JSON.stringify(observability.findOutputs("2CreateKey"))).toContain(
      "npm run keys -- create --operator --table ",
    );
  });

  it("act for the account acme with the operator's key, wherever a key is needed", () => {
    for (const id of ["3RegisterEndpoint", "4SendEvent", "5Look"])
      expect(JSON.stringify(observability.findOutputs(id)), id).toContain(
        "curl -u KEY_ID:SECRET -H 'Rappel-Account: acme' ",
      );
  });
});
