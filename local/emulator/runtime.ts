import { setTimeout as sleep } from "node:timers/promises";
import { queueClient } from "../../lambdas/adapters/aws/queue-client.ts";
import { allAt, dynamodbClient, type EngineUrls, schedulerClient, sqsClient } from "./engines/aws-clients.ts";
import { type Overrides, readFunctions } from "./functions/functions.ts";
import { createPool, type FunctionLog } from "./functions/pool.ts";
import { readAccessLogFormat } from "./gateway/access-log.ts";
import { readRoutes } from "./gateway/api-routes.ts";
import type { GatewayParts } from "./gateway/gateway.ts";
import type { Assembly } from "./template/assembly.ts";
import { localAttributes } from "./template/names.ts";
import { createTables } from "./template/tables.ts";
import { readResources } from "./template/template.ts";
import { pollQueue } from "./triggers/event-source.ts";
import { readEventSources, withPool } from "./triggers/event-sources.ts";
import { createQueues, deadLettersIn } from "./triggers/queues.ts";
import { createScheduleGroups, runSchedules } from "./triggers/schedules.ts";
import type { UsageMeter } from "./usage-meter/usage-meter.ts";

/** Concurrent invocations of one function. Source: Lambda's default concurrency limit of an account. */
const INVOCATIONS = 1_000;
/** How long a stop waits for running batches. At the next start, unfinished messages return to the queue. Ours. */
const STOP_MS = 1_000;

/** The templates' resources, running. */
export interface Runtime {
  readonly tables: readonly string[];
  /** URLs of the queues that invoke functions. */
  readonly queueUrls: readonly string[];
  /** The parts of the HTTP API. */
  readonly api: Omit<GatewayParts, "before">;
  /** Stops the functions that queues invoke. Call it before the HTTP API stops, or deliveries to the inbox would fail. */
  stopQueues(): Promise<void>;
  /** Stops all functions. */
  stop(): Promise<void>;
}

export interface RuntimeOptions {
  readonly urls: EngineUrls;
  /** Where the gateway listens. */
  readonly apiUrl: string;
  readonly overrides?: Overrides;
  /** Counts the functions' calls, if given. */
  readonly meter?: UsageMeter;
  readonly log: FunctionLog;
  /** Called when the tables exist, before any function runs. An error ends the start. */
  readonly checkTables?: (names: readonly string[]) => Promise<void>;
  /** Called with a line about what an earlier run has left. */
  readonly progress?: (line: string) => void;
}

/** Creates the tables and queues of the assembly's templates, and runs its functions and event sources. */
export async function startRuntime(
  assembly: Assembly,
  { urls, apiUrl, overrides, meter, log, checkTables, progress }: RuntimeOptions,
): Promise<Runtime> {
  // Calls of functions and event sources go through the meter, if there is one. The setup below is not billed.
  const metered = meter ? allAt(meter.url) : urls;
  const resources = readResources(assembly, localAttributes(metered.sqs, apiUrl));
  const sqs = sqsClient(urls);
  const dynamodb = dynamodbClient(urls);
  const [tables] = await Promise.all([createTables(dynamodb, resources), createQueues(sqs, resources)]);
  for (const { queue, messages } of progress ? await deadLettersIn(sqs, resources) : [])
    progress?.(
      `${queue} holds ${messages} message${messages === 1 ? "" : "s"} that failed for long or cannot be decoded: within a minute all that can be decoded are sent again`,
    );
  sqs.destroy();
  dynamodb.destroy();
  await checkTables?.(tables);
  const scheduler = schedulerClient(urls);
  await createScheduleGroups(scheduler, resources);
  scheduler.destroy();

  const sources = readEventSources(resources);
  const pools = new Map(
    [
      ...readFunctions(assembly, resources, metered, {
        ...(overrides && { overrides }),
        hasOwnKeys: meter !== undefined,
      }),
    ].map(([arn, spec]) => {
      const source = sources.find(({ functionArn }) => functionArn === arn);
      const max = Math.min(source?.concurrencyMax ?? INVOCATIONS, INVOCATIONS);
      return [arn, createPool(spec, max, log, meter?.ledger)] as const;
    }),
  );
  const stopPools = () => Promise.all([...pools.values()].map((pool) => pool.stop()));
  try {
    await Promise.all([...pools.values()].map((pool) => pool.warm()));
  } catch (error) {
    await stopPools();
    throw error;
  }
  const stopSchedules = runSchedules(resources, pools, meter?.ledger);
  const pollers = queueClient(sqsClient(metered, "pollers"));
  const stops = sources.map((source) => pollQueue(pollers, withPool(source, pools)));

  return {
    tables,
    queueUrls: sources.map(({ queueUrl }) => queueUrl),
    api: {
      routes: readRoutes(resources),
      pools,
      ...(meter && { ledger: meter.ledger, accessLogFormat: readAccessLogFormat(resources) }),
    },
    stopQueues: async () => {
      stopSchedules();
      const polled = Promise.all(stops.map((stop) => stop()));
      await Promise.race([polled, sleep(STOP_MS, undefined, { ref: false })]);
      await Promise.all(sources.map(({ functionArn }) => pools.get(functionArn)?.stop()));
    },
    stop: async () => {
      await stopPools();
      pollers.destroy();
    },
  };
}
