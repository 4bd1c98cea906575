import { dynamodbClient, kmsClient, sqsClient } from "../adapters/aws/clients.ts";
import { clock, random } from "../adapters/aws/clock-and-random.ts";
import { sqsEventQueue } from "../adapters/aws/event-queue.ts";
import { sqsQueueDepths } from "../adapters/aws/queue-depths.ts";
import { timerFrom } from "../adapters/aws/timer.ts";
import { dynamoAccounts } from "../adapters/dynamodb/accounts.ts";
import { dynamoActivity } from "../adapters/dynamodb/activity.ts";
import { dynamoCallbacks } from "../adapters/dynamodb/callbacks.ts";
import { dynamoClaims } from "../adapters/dynamodb/claims.ts";
import { dynamoDeliveries } from "../adapters/dynamodb/deliveries.ts";
import { dynamoEndpoints } from "../adapters/dynamodb/endpoints.ts";
import { dynamoEventLog } from "../adapters/dynamodb/event-log.ts";
import { dynamoKeys } from "../adapters/dynamodb/keys.ts";
import { dynamoPacer } from "../adapters/dynamodb/pacer.ts";
import { dynamoRecoveries } from "../adapters/dynamodb/recoveries.ts";
import { dynamoSessions } from "../adapters/dynamodb/sessions/sessions.ts";
import { dynamoStates } from "../adapters/dynamodb/states.ts";
import { dynamoStats } from "../adapters/dynamodb/stats.ts";
import { openTable } from "../adapters/dynamodb/table/table.ts";
import { dynamoAllowance } from "../adapters/dynamodb/test-allowance.ts";
import { dynamoUnsuccessfulDeliveries } from "../adapters/dynamodb/unsuccessful-deliveries.ts";
import { kmsVault } from "../adapters/dynamodb/vault.ts";
import { countedGuard } from "../adapters/metrics/counted-ports.ts";
import type { MetricsRecorder } from "../adapters/metrics/metric-names.ts";
import { addressGuard } from "../adapters/net/guard.ts";
import { dnsResolve } from "../adapters/net/resolver.ts";
import { httpWebhookClient } from "../adapters/net/webhook-client.ts";
import { awsHealth } from "./aws-health.ts";
import { ApiEnvironment } from "./environment.ts";
import { report } from "./operational-log.ts";

/** The ports of the API's function, and the stage's defaults. */
export function apiPorts(environment: NodeJS.ProcessEnv, metrics: MetricsRecorder) {
  const env = ApiEnvironment.parse(environment);
  const table = openTable(env.TABLE_NAME, dynamodbClient(), env.SHARDS);
  const guard = addressGuard({ isLoopbackAllowed: env.ALLOW_LOOPBACK, isHttpsOnly: env.HTTPS_ONLY }, dnsResolve());
  const vault = kmsVault(table, kmsClient(), env.SEALING_KEY_ARN);
  const ports = {
    clock,
    random,
    guard: countedGuard(guard, metrics),
    keys: dynamoKeys(table),
    sessions: dynamoSessions(table),
    accounts: dynamoAccounts(table),
    operatorAccount: env.OPERATOR_ACCOUNT,
    endpoints: dynamoEndpoints(table, vault),
    claims: dynamoClaims(table),
    callbacks: dynamoCallbacks(table, vault),
    states: dynamoStates(table),
    log: dynamoEventLog(table, clock),
    deliveries: dynamoDeliveries(table),
    unsuccessful: dynamoUnsuccessfulDeliveries(table),
    stats: dynamoStats(table),
    activity: dynamoActivity(table, clock),
    allowance: dynamoAllowance(table),
    webhookClient: httpWebhookClient(guard, clock),
    pacer: dynamoPacer(table),
    recoveries: dynamoRecoveries(table),
    queue: sqsEventQueue(sqsClient(), env.EVENTS_QUEUE_URL),
    timer: timerFrom(env, clock, report),
    queues: sqsQueueDepths(sqsClient(), {
      events: { queue: env.EVENTS_QUEUE_URL, deadLetters: env.EVENTS_DEAD_LETTERS_URL },
      wakeUps: { queue: env.WAKES_QUEUE_URL, deadLetters: env.WAKES_DEAD_LETTERS_URL },
    }),
    health: awsHealth(table, sqsClient(), env.EVENTS_QUEUE_URL),
  };
  return {
    ports,
    defaults: { retrySchedule: env.RETRY_SCHEDULE },
    eventsPerSecond: env.EVENTS_PER_SECOND,
    frameAncestors: env.CONSOLE_FRAME_ANCESTORS,
  };
}
