import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FUNCTIONS } from "../../lib/constructs/function-names.ts";
import { writeTemplate } from "../../local/package/template.ts";
import { emptyBundles, ofType } from "../stacks/construct/foreign-app.ts";
import { temporaryFolder } from "./tarball.ts";

const bundles = emptyBundles();
const { folder, remove } = temporaryFolder();
beforeAll(() => {
  for (const each of ["one", "other"]) writeTemplate(join(folder, each), bundles.folder, "1.2.3");
});
afterAll(() => {
  remove();
  bundles.remove();
});
const filesOf = (name: string) =>
  Object.fromEntries(
    readdirSync(join(folder, name)).map((file) => [file, readFileSync(join(folder, name, file), "latin1")]),
  );
const template = () => JSON.parse(readFileSync(join(folder, "one", "rappel.template.json"), "utf8"));
const resources = (type?: string) => ofType({ toJSON: template }, type);

describe("the template for deployments without the CDK", () => {
  it("its stateful resources keep their logical ids, because another id would create an empty table and another URL", () => {
    const types = /::(Api|GlobalTable|Key|LogGroup|Topic|Queue|ScheduleGroup)$/;
    const pinned = resources().filter(([, { Type }]) => types.test(Type));
    expect(pinned.map(([id, { Type }]) => `${Type} ${id}`).sort()).toMatchInlineSnapshot(`
      [
        "AWS::ApiGatewayV2::Api ApiHttpApi4C294DC0",
        "AWS::DynamoDB::GlobalTable StateTable962DE04C",
        "AWS::KMS::Key StateSealingKeyE15FBCA5",
        "AWS::Logs::LogGroup ApiAcceptLogsBC15C4CA",
        "AWS::Logs::LogGroup ApiAccessLogs50B185DB",
        "AWS::Logs::LogGroup ApiConsoleLogs6761F3C1",
        "AWS::Logs::LogGroup ApiLogsB8F651F4",
        "AWS::Logs::LogGroup DeliveryDispatchLogsC11093D1",
        "AWS::Logs::LogGroup DeliveryEraseLogs536135BE",
        "AWS::Logs::LogGroup DeliverySweepLogs0FBC4773",
        "AWS::Logs::LogGroup DeliveryWakeLogs323F2389",
        "AWS::SNS::Topic ObservabilityAlarms72EB291A",
        "AWS::SQS::Queue StateEventsDeadLetters3259E957",
        "AWS::SQS::Queue StateEventsQueue5B961C6C",
        "AWS::SQS::Queue StateWakeUpsDeadLettersDFDE7BA6",
        "AWS::SQS::Queue StateWakeUpsQueue1056E6BF",
        "AWS::Scheduler::ScheduleGroup StateWakeUpsGroupB386D6C0",
      ]
    `);
  });

  it("each function's code is a file beside the template, in the bucket that the stack's parameters name", () => {
    const handlers = resources("AWS::Lambda::Function").map(([, { Properties }]) => {
      const { S3Bucket, S3Key } = Object(Properties?.["Code"]);
      expect(S3Bucket).toEqual({ Ref: "CodeBucket" });
      const [separator, [prefix, name]] = S3Key["Fn::Join"];
      expect([separator, prefix]).toEqual(["", { Ref: "CodePrefix" }]);
      const files = unzipSync(readFileSync(join(folder, "one", name)));
      return new TextDecoder().decode(files["index.mjs"]);
    });
    expect(handlers.sort()).toEqual(FUNCTIONS.map((name) => `export const handler = () => "${name}";`).sort());
    expect(Object.keys(template()["Parameters"])).toEqual(["CodeBucket", "CodePrefix"]);
  });

  it("two stacks of one account share no name: each name and the metrics' namespace have the stack's name", () => {
    const named = resources().flatMap(([id, { Properties = {} }]) =>
      ["DashboardName", "LogGroupName", "Name", "FunctionName", "Namespace"]
        .filter((name) => Properties[name] !== undefined)
        .filter(
          (name) =>
            !/"(Ref":"AWS::StackName|(Ref":|Fn::GetAtt":\[)"\w*(Function|Api|Group)\w*)"/.test(
              JSON.stringify(Properties[name]),
            ),
        )
        .map((name) => `${id} ${name}: ${JSON.stringify(Properties[name])}`),
    );
    expect(named.filter((each) => !each.includes('Namespace: "AWS/'))).toEqual([]);
    expect(JSON.stringify(template())).not.toContain("CDKMetadata");
  });

  it("equal sources give equal files, so that an unchanged function is not deployed again", () => {
    expect(filesOf("other")).toEqual(filesOf("one"));
    expect(Object.keys(filesOf("one"))).toHaveLength(1 + FUNCTIONS.length);
  });

  it("outputs name what the first commands need", () => {
    expect(Object.keys(template()["Outputs"])).toEqual([
      "ApiUrl",
      "TableName",
      "AlarmTopicArn",
      "DashboardName",
      "MetricNamespace",
    ]);
  });

  it("props change the template, and an invalid one is an error that names it", () => {
    const out = join(folder, "own");
    writeTemplate(out, bundles.folder, "1.2.3", { alarmEmail: "ops@example.com" });
    expect(readFileSync(join(out, "rappel.template.json"), "utf8")).toContain('"Endpoint": "ops@example.com"');
    expect(() => writeTemplate(out, bundles.folder, "1.2.3", { alarmEmail: "ops" })).toThrow(
      'Cannot create Rappel template:\n  alarmEmail: got "ops", need an e-mail address',
    );
  });
});
