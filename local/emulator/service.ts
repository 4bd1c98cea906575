import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { kmsVault } from "../../lambdas/adapters/aws/vault.ts";
import { dynamoEndpoints } from "../../lambdas/adapters/dynamodb/endpoints.ts";
import type { Table } from "../../lambdas/adapters/dynamodb/table.ts";
import { createInboxes } from "../inbox/inbox.ts";
import { registeredSecrets } from "../inbox/registered-secrets.ts";
import { dynamodbClient, type EngineUrls, kmsClient } from "./engines/aws-clients.ts";
import { startDynamodb } from "./engines/dynamodb.ts";
import { startKms } from "./engines/kms.ts";
import { startSqs } from "./engines/sqs.ts";
import type { Overrides } from "./functions/functions.ts";
import type { FunctionLog } from "./functions/pool.ts";
import { startGateway } from "./gateway/gateway.ts";
import { startRuntime } from "./runtime.ts";
import { startScheduler } from "./scheduler/scheduler.ts";
import { readAssembly } from "./template/assembly.ts";
import { synthesize } from "./template/synth.ts";
import type { Faults } from "./usage-meter/fault.ts";
import { type Meter, startUsageMeter } from "./usage-meter/usage-meter.ts";

/** How to start. */
export interface ServiceOptions {
  /** 0 takes any free one. */
  readonly port: number;
  /** Where everything is kept; without it everything is in memory. */
  readonly dataFolder?: string;
  /** Values of the functions' environment variables, in place of the templates'. */
  readonly overrides?: Overrides;
  /**
   * Whether what AWS would bill is counted: off by default, for it costs each call some tenths of a millisecond. `asked`: only
   * what IAM would be asked is kept.
   */
  readonly meter?: boolean | "asked";
  /** What goes wrong between the functions and AWS: nothing, if not said. It takes a meter. */
  readonly faults?: Faults;
  readonly log: FunctionLog;
  /** Told what takes its time. */
  readonly progress: (line: string) => void;
}

/** Rappel, whole, on this machine. */
export interface Service {
  readonly url: string;
  readonly engines: EngineUrls;
  readonly table: Table;
  readonly queueUrl: string;
  /** What was counted, where it was asked for. */
  readonly meter?: Pick<Meter, "ledger" | "schedules" | "asked">;
  stop(): Promise<void>;
}

/** Starts engines, functions and HTTP API: what is synthesised for stage `local`, and the inbox. */
export async function startService({
  port,
  dataFolder,
  overrides = {},
  log,
  progress,
  ...options
}: ServiceOptions): Promise<Service> {
  if (dataFolder !== undefined) mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const within = (name: string) => (dataFolder === undefined ? undefined : join(dataFolder, name));
  const gateway = await startGateway(port);
  const stops = [gateway.close];
  const stop = async () => {
    for (const each of stops) await each();
  };
  try {
    const [assembly, dynamodb, sqs, kms] = await Promise.all([
      synthesize(() => progress("synthesising stage local: the sources are new …")).then(readAssembly),
      startDynamodb(within("dynamodb.sqlite")),
      startSqs(within("sqs")),
      startKms(within("kms.key")),
    ]);
    const meter = options.meter ? await startUsageMeter(options.faults, options.meter === true) : undefined;
    const scheduler = await startScheduler({
      ...(dataFolder && { folder: join(dataFolder, "scheduler") }),
      sqsUrl: meter?.url ?? sqs.url,
      ...(meter && { onSchedules: (names) => meter.schedules.note(names) }),
    });
    stops.push(scheduler.stop, ...(meter ? [meter.stop] : []), dynamodb.stop, sqs.stop, kms.stop);
    progress("starting the functions …");
    const engines = { dynamodb: dynamodb.url, sqs: sqs.url, scheduler: scheduler.url, kms: kms.url };
    meter?.forwardTo(engines);
    const runtime = await startRuntime(assembly, {
      urls: engines,
      apiUrl: gateway.url,
      overrides,
      ...(meter && { meter }),
      log,
    });
    stops.splice(0, 1, runtime.stopQueues, gateway.close, runtime.stop);

    const [name, queueUrl] = [runtime.tables[0], runtime.queueUrls[0]];
    if (name === undefined || queueUrl === undefined)
      throw new Error("Cannot start: the templates lack table or queue");
    const client = DynamoDBDocumentClient.from(dynamodbClient(engines), {
      marshallOptions: { removeUndefinedValues: true },
    });
    const table = { client, name };
    gateway.open({
      ...runtime.api,
      before: createInboxes(
        registeredSecrets(table, dynamoEndpoints(table, kmsVault(table, kmsClient(engines)))),
        within("inbox"),
      ),
    });
    return { url: gateway.url, engines, table, queueUrl, ...(meter && { meter }), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
