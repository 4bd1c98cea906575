import { eraseAccounts } from "./accounts/erase-accounts.ts";
import { dynamodbClient, kmsClient } from "./adapters/aws/clients.ts";
import { clock, random } from "./adapters/aws/clock-and-random.ts";
import { timerFrom } from "./adapters/aws/timer.ts";
import { dynamoAccounts } from "./adapters/dynamodb/accounts.ts";
import { dynamoActivity } from "./adapters/dynamodb/activity.ts";
import { dynamoCallbacks } from "./adapters/dynamodb/callbacks.ts";
import { dynamoClaims } from "./adapters/dynamodb/claims.ts";
import { dynamoDeliveries } from "./adapters/dynamodb/deliveries.ts";
import { dynamoEndpoints } from "./adapters/dynamodb/endpoints.ts";
import { dynamoEventLog } from "./adapters/dynamodb/event-log.ts";
import { dynamoKeys } from "./adapters/dynamodb/keys.ts";
import { dynamoRecoveries } from "./adapters/dynamodb/recoveries.ts";
import { dynamoSessions } from "./adapters/dynamodb/sessions/sessions.ts";
import { dynamoStates } from "./adapters/dynamodb/states.ts";
import { dynamoStats } from "./adapters/dynamodb/stats.ts";
import { openTable } from "./adapters/dynamodb/table/table.ts";
import { kmsVault } from "./adapters/dynamodb/vault.ts";
import { deleteEndpoint } from "./endpoints/delete-endpoint.ts";
import { EraseEnvironment } from "./runtime/environment.ts";
import { report } from "./runtime/operational-log.ts";

const env = EraseEnvironment.parse(process.env);
const table = openTable(env.TABLE_NAME, dynamodbClient(), env.SHARDS);
const vault = kmsVault(table, kmsClient(), env.SEALING_KEY_ARN);
const ports = {
  clock,
  random,
  deleteEndpoint,
  accounts: dynamoAccounts(table),
  keys: dynamoKeys(table),
  sessions: dynamoSessions(table),
  endpoints: dynamoEndpoints(table, vault),
  callbacks: dynamoCallbacks(table, vault),
  states: dynamoStates(table),
  log: dynamoEventLog(table, clock),
  deliveries: dynamoDeliveries(table),
  claims: dynamoClaims(table),
  stats: dynamoStats(table),
  recoveries: dynamoRecoveries(table),
  activity: dynamoActivity(table, clock),
  timer: timerFrom(env, clock, report),
  eraseAfterMs: env.ERASE_AFTER_SECONDS * 1_000,
};
const LAST_PAGE_MS = 10_000; // ours: time for the last page, before the function times out

export const handler = (_: unknown, context: { getRemainingTimeInMillis(): number }) =>
  eraseAccounts(ports, clock.now() + context.getRemainingTimeInMillis() - LAST_PAGE_MS);
