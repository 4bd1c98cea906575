import { dynamodbClient, kmsClient, sqsClient } from "../adapters/aws/clients.ts";
import { clock } from "../adapters/aws/clock-and-random.ts";
import { sqsEventQueue } from "../adapters/aws/event-queue.ts";
import { timerFrom } from "../adapters/aws/timer.ts";
import { dynamoAccounts } from "../adapters/dynamodb/accounts.ts";
import { dynamoCallbacks } from "../adapters/dynamodb/callbacks.ts";
import { dynamoDeliveries } from "../adapters/dynamodb/deliveries.ts";
import { dynamoEndpoints } from "../adapters/dynamodb/endpoints.ts";
import { dynamoEventLog } from "../adapters/dynamodb/event-log.ts";
import { dynamoPacer } from "../adapters/dynamodb/pacer.ts";
import { dynamoRecoveries } from "../adapters/dynamodb/recoveries.ts";
import { dynamoStates } from "../adapters/dynamodb/states.ts";
import { dynamoStats } from "../adapters/dynamodb/stats.ts";
import { openTable } from "../adapters/dynamodb/table/table.ts";
import { kmsVault } from "../adapters/dynamodb/vault.ts";
import {
  countedDeliveries,
  countedFailures,
  countedLog,
  countedStates,
  countedStats,
  countedWebhookClient,
} from "../adapters/metrics/counted-ports.ts";
import type { MetricsRecorder } from "../adapters/metrics/metric-names.ts";
import { addressGuard } from "../adapters/net/guard.ts";
import { dnsResolve } from "../adapters/net/resolver.ts";
import { httpWebhookClient } from "../adapters/net/webhook-client.ts";
import type { DeliveryPorts } from "../delivery/delivery-ports.ts";
import type { Callbacks } from "../ports/callbacks.ts";
import type { Guard } from "../ports/outgoing.ts";
import type { Recoveries } from "../ports/recoveries.ts";
import type { Stats } from "../ports/stats.ts";
import { LIMITS } from "../shared/limits.ts";
import { DeliveryEnvironment } from "./environment.ts";
import { report } from "./operational-log.ts";

/** The ports of the functions that POST, with metrics: dispatch makes first attempts, wake makes all others. */
export function deliveryPorts(
  environment: NodeJS.ProcessEnv,
  metrics: MetricsRecorder,
): DeliveryPorts & {
  readonly stats: Stats;
  readonly callbacks: Callbacks;
  readonly guard: Guard;
  readonly recoveries: Recoveries;
} {
  const env = DeliveryEnvironment.parse(environment);
  const table = openTable(env.TABLE_NAME, dynamodbClient(LIMITS.storeRetryMs), env.SHARDS);
  const vault = kmsVault(table, kmsClient(LIMITS.storeRetryMs), env.SEALING_KEY_ARN);
  const guard = addressGuard({ isLoopbackAllowed: env.ALLOW_LOOPBACK, isHttpsOnly: env.HTTPS_ONLY }, dnsResolve());
  return {
    clock,
    report: countedFailures(report, metrics),
    accounts: dynamoAccounts(table),
    guard,
    endpoints: dynamoEndpoints(table, vault),
    callbacks: dynamoCallbacks(table, vault),
    states: countedStates(dynamoStates(table), clock, metrics),
    log: countedLog(dynamoEventLog(table, clock), metrics),
    deliveries: countedDeliveries(dynamoDeliveries(table), metrics),
    webhookClient: countedWebhookClient(httpWebhookClient(guard, clock), metrics),
    pacer: dynamoPacer(table),
    recoveries: dynamoRecoveries(table),
    stats: countedStats(dynamoStats(table), metrics),
    queue: sqsEventQueue(sqsClient(), env.EVENTS_QUEUE_URL),
    timer: timerFrom(env, clock, report),
    operatorAccount: env.OPERATOR_ACCOUNT,
    earlyProbeMs: env.EARLY_PROBE_SECONDS * 1_000,
  };
}
