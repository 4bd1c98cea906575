/** `npm run export`: writes what an account has, endpoints and events, into a file that `npm start -- --read` serves. */
import { parseArgs } from "node:util";
import { ACCOUNT } from "../lambdas/accounts/model/account.ts";
import { clock } from "../lambdas/adapters/aws/clock-and-random.ts";
import { dynamoAccounts } from "../lambdas/adapters/dynamodb/accounts.ts";
import { dynamoCallbacks } from "../lambdas/adapters/dynamodb/callbacks.ts";
import { dynamoDeliveries } from "../lambdas/adapters/dynamodb/deliveries.ts";
import { dynamoEndpoints } from "../lambdas/adapters/dynamodb/endpoints.ts";
import { dynamoEventLog } from "../lambdas/adapters/dynamodb/event-log.ts";
import { dynamoStates } from "../lambdas/adapters/dynamodb/states.ts";
import { kmsVault } from "../lambdas/adapters/dynamodb/vault.ts";
import { writeExport } from "../local/export/write-export.ts";
import { PLACE_OPTIONS, placeOf, WHERE } from "../local/table-location.ts";

const HELP = `Writes an account's endpoints, and its events with payloads, deliveries and attempts, as one JSON file. No secret is
in it; passwords and the values of headers are masked.

  npm run export -- --account acme --out events.json
  npm start -- --read events.json          shows it, offline: the same API, read-only

A file of that name is replaced, once the new one is whole.

${WHERE}`;

try {
  const { values } = parseArgs({
    options: {
      account: { type: "string" },
      out: { type: "string" },
      ...PLACE_OPTIONS,
      help: { type: "boolean", default: false },
    },
  });
  const { account, out, help } = values;
  if (help || account === undefined || out === undefined) {
    console.log(HELP);
    process.exit(help ? 0 : 1);
  }
  if (!ACCOUNT.test(account)) throw new Error(`Cannot export "${account}": an account is 1-64 of A-Z a-z 0-9 _ -`);
  const { table, kms } = placeOf(values);
  const vault = kmsVault(table, kms);
  const world = {
    clock,
    accounts: dynamoAccounts(table),
    endpoints: dynamoEndpoints(table, vault),
    callbacks: dynamoCallbacks(table, vault),
    states: dynamoStates(table),
    log: dynamoEventLog(table, clock),
    deliveries: dynamoDeliveries(table),
  };
  const tell = (count: number) =>
    process.stderr.isTTY && process.stderr.write(`\r${count.toLocaleString("en")} events …`);
  const { endpoints, events } = await writeExport(world, account, out, tell);
  if (process.stderr.isTTY) process.stderr.write("\r");
  console.log(
    `${out}: ${endpoints.toLocaleString("en")} endpoints and ${events.toLocaleString("en")} events of the account ${account}. npm start -- --read ${out} shows them.`,
  );
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
