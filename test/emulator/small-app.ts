import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EngineUrls, sqsClient } from "../../local/emulator/engines/aws-clients.ts";
import { startDynamodb } from "../../local/emulator/engines/dynamodb.ts";
import { startSqs } from "../../local/emulator/engines/sqs.ts";
import type { FunctionLog } from "../../local/emulator/functions/pool.ts";
import { startGateway } from "../../local/emulator/gateway/gateway.ts";
import { startRuntime } from "../../local/emulator/runtime.ts";
import { readAssembly } from "../../local/emulator/template/assembly.ts";

/** Code of two functions: `web` serves `$default` and `PUT /items/{id}`, `worker` processes a queue. */
export interface SmallAppCode {
  readonly web?: string;
  readonly worker?: string;
  readonly timeoutSeconds?: number;
}

const getAtt = (id: string, attribute: string) => ({ "Fn::GetAtt": [id, attribute] });

function templateOf(timeoutSeconds: number) {
  const fn = (name: string) => ({
    Type: "AWS::Lambda::Function",
    Properties: {
      Handler: "index.handler",
      Code: { S3Key: `${name}.zip` },
      Timeout: timeoutSeconds,
      MemorySize: 256,
      Environment: { Variables: { QUEUE_URL: { Ref: "Queue" }, TABLE_NAME: { Ref: "Table" } } },
    },
  });
  const route = (key: string) => ({
    Type: "AWS::ApiGatewayV2::Route",
    Properties: { RouteKey: key, Target: { "Fn::Join": ["", ["integrations/", { Ref: "Integration" }]] } },
  });
  const key = { AttributeName: "pk", KeyType: "HASH" };
  return {
    Resources: {
      Table: {
        Type: "AWS::DynamoDB::Table",
        Properties: { KeySchema: [key], AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }] },
      },
      DeadLetters: { Type: "AWS::SQS::Queue" },
      Queue: {
        Type: "AWS::SQS::Queue",
        Properties: {
          VisibilityTimeout: 1,
          RedrivePolicy: { deadLetterTargetArn: getAtt("DeadLetters", "Arn"), maxReceiveCount: 3 },
        },
      },
      Web: fn("web"),
      Worker: fn("worker"),
      Source: {
        Type: "AWS::Lambda::EventSourceMapping",
        Properties: {
          EventSourceArn: getAtt("Queue", "Arn"),
          FunctionName: { Ref: "Worker" },
          BatchSize: 10,
          FunctionResponseTypes: ["ReportBatchItemFailures"],
        },
      },
      Integration: {
        Type: "AWS::ApiGatewayV2::Integration",
        Properties: { IntegrationType: "AWS_PROXY", IntegrationUri: getAtt("Web", "Arn"), PayloadFormatVersion: "2.0" },
      },
      Item: route("PUT /items/{id}"),
      Default: route("$default"),
    },
  };
}

/** Writes a cloud assembly like `cdk synth`. */
export function writeAssembly({ web = "", worker = "", timeoutSeconds = 5 }: SmallAppCode): string {
  const folder = mkdtempSync(join(tmpdir(), "rappel-small-"));
  for (const [name, code] of Object.entries({ web, worker })) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "index.mjs"), code || "export const handler = async () => undefined;");
  }
  const files = { web: { source: { path: "web" } }, worker: { source: { path: "worker" } } };
  writeFileSync(join(folder, "small.assets.json"), JSON.stringify({ files }));
  writeFileSync(join(folder, "small.template.json"), JSON.stringify(templateOf(timeoutSeconds)));
  return folder;
}

/** Runs the app in memory. */
export async function startSmallApp(code: SmallAppCode) {
  const folder = writeAssembly(code);
  const failures: string[] = [];
  const lines: string[] = [];
  const [gateway, dynamodb, sqs] = await Promise.all([startGateway(0), startDynamodb(), startSqs()]);
  const urls: EngineUrls = { dynamodb: dynamodb.url, sqs: sqs.url };
  const log: FunctionLog = {
    line: (_name, line) => lines.push(line),
    failed: (_name, reason) => failures.push(reason),
  };
  const runtime = await startRuntime(readAssembly(folder), { urls, apiUrl: gateway.url, log });
  gateway.open({ ...runtime.api, before: () => false });
  const client = sqsClient(urls);
  return {
    url: gateway.url,
    client,
    queueUrl: runtime.queueUrls[0] ?? "",
    deadLettersUrl: `${sqs.url}/000000000000/small-DeadLetters`,
    failures,
    lines,
    stop: async () => {
      await gateway.close();
      await runtime.stop();
      client.destroy();
      await Promise.all([dynamodb.stop(), sqs.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
