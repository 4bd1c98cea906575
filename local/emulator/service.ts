import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { dynamoEndpoints } from "../../lambdas/adapters/dynamodb/endpoints.ts";
import type { Table } from "../../lambdas/adapters/dynamodb/table/table.ts";
import { kmsVault } from "../../lambdas/adapters/dynamodb/vault.ts";
import { SHARDS_MIN } from "../../lambdas/shared/ids.ts";
import { type AcceptedHosts, LOOPBACK_ONLY } from "../accepted-hosts.ts";
import { createInboxes } from "../inbox/inbox.ts";
import { registeredSecrets } from "../inbox/registered-secrets.ts";
import { dynamodbClient, type EngineUrls, kmsClient } from "./engines/aws-clients.ts";
import { checkDataFiles, dataFiles } from "./engines/data-files.ts";
import { startDynamodb } from "./engines/dynamodb.ts";
import { checkMasterKey, startKms } from "./engines/kms.ts";
import { startSqs } from "./engines/sqs.ts";
import type { Overrides } from "./functions/functions.ts";
import type { FunctionLog } from "./functions/pool.ts";
import { diskHealth } from "./gateway/disk-health.ts";
import { startGateway } from "./gateway/gateway.ts";
import { startRuntime } from "./runtime.ts";
import { startScheduler } from "./scheduler/scheduler.ts";
import { readAssembly } from "./template/assembly.ts";
import { synthesize } from "./template/synth.ts";
import type { Faults } from "./usage-meter/fault.ts";
import { startUsageMeter, type UsageMeter } from "./usage-meter/usage-meter.ts";

/** Milliseconds between two lines that say that the start is not over. Ours. */
const LOADING_LINE_MS = 15_000;

/** How to start the service. */
export interface ServiceOptions {
  /** 0 for any free port. */
  readonly port: number;
  /** The address to listen on besides loopback. */
  readonly host?: string;
  /** The host names under which the inbox responds. Those of loopback by default. */
  readonly acceptedHosts?: AcceptedHosts;
  /** Where data is stored; without it, data is in memory. */
  readonly dataFolder?: string;
  /** Environment variables of the functions that replace the templates' values. */
  readonly overrides?: Overrides;
  /**
   * Whether billable usage is counted. Off by default, because it adds some tenths of a millisecond to each call. `calls`:
   * only the calls are recorded, as IAM would check them.
   */
  readonly meter?: boolean | "calls";
  /** Faults between the functions and AWS, none by default. They need a meter. */
  readonly faults?: Faults;
  readonly log: FunctionLog;
  /** Called before a step that takes seconds. */
  readonly progress: (line: string) => void;
}

/** The whole service, running on this machine. */
export interface Service {
  readonly url: string;
  readonly engines: EngineUrls;
  readonly table: Table;
  readonly queueUrl: string;
  /** The usage meter, if it was requested. */
  readonly meter?: Pick<UsageMeter, "ledger" | "schedules" | "recordedCalls" | "keyUnits" | "retriedCalls">;
  /** Resolves if an engine ends by itself: the service then cannot work, and should be stopped. */
  readonly failed: Promise<Error>;
  stop(): Promise<void>;
}

/** Starts engines, functions, the HTTP API (all from the synthesis of stage `local`) and the inbox. */
export async function startService({
  port,
  host,
  acceptedHosts = LOOPBACK_ONLY,
  dataFolder,
  overrides = {},
  log,
  progress,
  ...options
}: ServiceOptions): Promise<Service> {
  if (dataFolder !== undefined) mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const files = dataFolder === undefined ? undefined : dataFiles(dataFolder);
  const gateway = await startGateway(port, host);
  const stops = [gateway.close];
  const stop = async () => {
    for (const stopPart of stops) await stopPart();
  };
  try {
    if (files) checkDataFiles(files);
    // Before the database, so that no crash leaves a database without its key.
    const kms = await startKms(files?.kmsKey);
    const [assembly, dynamodb, sqs] = await Promise.all([
      synthesize(() => progress("synthesising stage local, because the sources have changed …")).then(readAssembly),
      startDynamodb(files?.dynamodb),
      startSqs(files?.sqsFolder),
    ]);
    const meter = options.meter ? await startUsageMeter(options.faults, options.meter === true) : undefined;
    const scheduler = await startScheduler({
      ...(files && { folder: files.schedulerFolder }),
      sqsUrl: meter?.url ?? sqs.url,
      ...(meter && { onSchedules: (names) => meter.schedules.note(names) }),
    });
    stops.push(scheduler.stop, ...(meter ? [meter.stop] : []), dynamodb.stop, sqs.stop, kms.stop);
    progress("starting the functions …");
    const engines = { dynamodb: dynamodb.url, sqs: sqs.url, scheduler: scheduler.url, kms: kms.url };
    meter?.forwardTo(engines);
    const client = DynamoDBDocumentClient.from(dynamodbClient(engines), {
      marshallOptions: { removeUndefinedValues: true },
    });
    const keyService = kmsClient(engines);
    const stillLoading = setInterval(() => progress("the functions are still loading …"), LOADING_LINE_MS);
    const runtime = await startRuntime(assembly, {
      urls: engines,
      apiUrl: gateway.url,
      overrides,
      ...(meter && { meter }),
      log,
      progress,
      checkTables: async ([name = ""]) => {
        if (files) await checkMasterKey({ client, name }, keyService, files.kmsKey);
      },
    }).finally(() => clearInterval(stillLoading));
    stops.splice(0, 1, runtime.stopQueues, gateway.close, runtime.stop);

    const [name, queueUrl] = [runtime.tables[0], runtime.queueUrls[0]];
    if (name === undefined || queueUrl === undefined)
      throw new Error("Cannot start: the templates of stage local have no table or no queue");
    const table = { client, name, shards: SHARDS_MIN } as const;
    const inboxes = createInboxes(
      registeredSecrets(table, dynamoEndpoints(table, kmsVault(table, keyService))),
      dataFolder && join(dataFolder, "inbox"),
      { hosts: acceptedHosts },
    );
    const health = dataFolder === undefined ? undefined : diskHealth(dataFolder);
    gateway.open({
      ...runtime.api,
      before: (request, response) => health?.(request, response) || inboxes(request, response),
    });
    const failed = Promise.race([dynamodb, sqs].flatMap((engine) => engine.failed ?? []));
    return { url: gateway.url, engines, table, queueUrl, ...(meter && { meter }), failed, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
