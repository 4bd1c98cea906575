import { dynamoAccounts } from "./aws/accounts.ts";
import { dynamoCallbacks } from "./aws/callbacks.ts";
import { dynamoClaims } from "./aws/claims.ts";
import { kmsClient } from "./aws/clients.ts";
import { clock, dice } from "./aws/clock-and-dice.ts";
import { dynamoDeliveries } from "./aws/deliveries.ts";
import { dynamoEndpoints } from "./aws/endpoints.ts";
import { dynamoEventLog } from "./aws/event-log.ts";
import { dynamoKeys } from "./aws/keys.ts";
import { dynamoStates } from "./aws/states.ts";
import { dynamoStats } from "./aws/stats.ts";
import { openTable } from "./aws/table.ts";
import { timerFrom } from "./aws/timer.ts";
import { kmsVault } from "./aws/vault.ts";
import { EraseEnvironment } from "./edge/environment.ts";
import { report } from "./edge/report.ts";
import { eraseAccounts } from "./flow/delete-account.ts";

const env = EraseEnvironment.parse(process.env);
const table = openTable(env.TABLE_NAME);
const vault = kmsVault(table, kmsClient(), env.SEALING_KEY_ARN);
const world = {
  clock,
  dice,
  accounts: dynamoAccounts(table),
  keys: dynamoKeys(table),
  endpoints: dynamoEndpoints(table, vault),
  callbacks: dynamoCallbacks(table, vault),
  states: dynamoStates(table),
  log: dynamoEventLog(table, clock),
  deliveries: dynamoDeliveries(table),
  claims: dynamoClaims(table),
  stats: dynamoStats(table),
  timer: timerFrom(env, clock, report),
  eraseAfterMs: env.ERASE_AFTER_SECONDS * 1_000,
};
// What one page takes may still be under way then.
const LAST_PAGE_MS = 10_000;

export const handler = (_: unknown, context: { getRemainingTimeInMillis(): number }) =>
  eraseAccounts(world, clock.now() + context.getRemainingTimeInMillis() - LAST_PAGE_MS);
