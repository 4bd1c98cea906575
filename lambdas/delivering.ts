import { dynamoAccounts } from "./aws/accounts.ts";
import { dynamodbClient, kmsClient, PATIENCE_MS, sqsClient } from "./aws/clients.ts";
import { clock } from "./aws/clock-and-dice.ts";
import { dynamoDeliveries } from "./aws/deliveries.ts";
import { dynamoEndpoints } from "./aws/endpoints.ts";
import { dynamoEventLog } from "./aws/event-log.ts";
import { sqsEventQueue } from "./aws/event-queue.ts";
import { dynamoPacer } from "./aws/pacer.ts";
import { dynamoStates } from "./aws/states.ts";
import { dynamoStats } from "./aws/stats.ts";
import { openTable } from "./aws/table.ts";
import { timerFrom } from "./aws/timer.ts";
import { kmsVault } from "./aws/vault.ts";
import { DeliveringEnvironment } from "./edge/environment.ts";
import { report } from "./edge/report.ts";
import type { DeliveringWorld } from "./flow/delivering-world.ts";
import { countedCourier, countedDeliveries, countedLog, countedStates, countedStats } from "./metrics/counted-ports.ts";
import type { Figures } from "./metrics/metric-names.ts";
import { httpCourier } from "./net/courier.ts";
import { addressGuard } from "./net/guard.ts";
import { dnsResolve } from "./net/resolver.ts";
import type { Stats } from "./ports.ts";

/** The world of the functions that POST: dispatch makes first attempts, wake all others. What they do is counted. */
export function deliveringWorld(
  environment: NodeJS.ProcessEnv,
  figures: Figures,
): DeliveringWorld & { readonly stats: Stats } {
  const env = DeliveringEnvironment.parse(environment);
  const table = openTable(env.TABLE_NAME, dynamodbClient(PATIENCE_MS));
  const guard = addressGuard({ isLoopbackAllowed: env.ALLOW_LOOPBACK, isHttpsOnly: env.HTTPS_ONLY }, dnsResolve());
  return {
    clock,
    report,
    accounts: dynamoAccounts(table),
    endpoints: dynamoEndpoints(table, kmsVault(table, kmsClient(PATIENCE_MS), env.SEALING_KEY_ARN)),
    states: countedStates(dynamoStates(table), clock, figures),
    log: countedLog(dynamoEventLog(table, clock), figures),
    deliveries: countedDeliveries(dynamoDeliveries(table), figures),
    courier: countedCourier(httpCourier(guard, clock), figures),
    pacer: dynamoPacer(table),
    stats: countedStats(dynamoStats(table), figures),
    queue: sqsEventQueue(sqsClient(), env.EVENTS_QUEUE_URL),
    timer: timerFrom(env, clock, report),
    operatorAccount: env.OPERATOR_ACCOUNT,
    freshLookMs: env.FRESH_LOOK_SECONDS * 1_000,
  };
}
