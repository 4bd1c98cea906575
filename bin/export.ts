/** `npm run export`: writes an account's endpoints and events to a file that `npm start -- --read` serves. */
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
import { TABLE_HELP, TABLE_OPTIONS, type TableLocation, withTable } from "../local/table-location.ts";

const HELP = `Writes an account's endpoints, and its events with payloads, deliveries and attempts, to one JSON file. The file has
no secrets; passwords and header values are masked.

  npm run export -- --account acme --out events.json
  npm start -- --read events.json          serves it offline: the same API, read-only
  npm run export -- --help                 shows this

A file of the same name is replaced when the new one is complete.

${TABLE_HELP}`;

try {
  const { values } = parseArgs({
    options: {
      account: { type: "string" },
      out: { type: "string" },
      ...TABLE_OPTIONS,
      help: { type: "boolean", default: false },
    },
  });
  const { account, out, help } = values;
  if (help || account === undefined || out === undefined) {
    console.log(HELP);
    process.exit(help ? 0 : 1);
  }
  if (!ACCOUNT.test(account))
    throw new Error(`Cannot export "${account}": an account id has 1-64 characters of A-Z a-z 0-9 _ -`);
  const worldOf = ({ table, kms }: TableLocation) => {
    const vault = kmsVault(table, kms);
    return {
      clock,
      accounts: dynamoAccounts(table),
      endpoints: dynamoEndpoints(table, vault),
      callbacks: dynamoCallbacks(table, vault),
      states: dynamoStates(table),
      log: dynamoEventLog(table, clock),
      deliveries: dynamoDeliveries(table),
    };
  };
  const showProgress = (count: number) =>
    process.stderr.isTTY && process.stderr.write(`\r${count.toLocaleString("en")} events …`);
  const { endpoints, events } = await withTable(values, (location) =>
    writeExport(worldOf(location), account, out, showProgress),
  );
  if (process.stderr.isTTY) process.stderr.write("\r");
  console.log(
    `${out}: ${endpoints.toLocaleString("en")} endpoints and ${events.toLocaleString("en")} events of the account ${account}. Show them with npm start -- --read ${out}`,
  );
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
