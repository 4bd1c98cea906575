/** `npm run keys -- create --account acme`: makes an API key, in the service that runs here or in a deployed table. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import { dynamoAccounts } from "../lambdas/aws/accounts.ts";
import { clock, dice } from "../lambdas/aws/clock-and-dice.ts";
import { dynamoKeys } from "../lambdas/aws/keys.ts";
import { openTable, type Table } from "../lambdas/aws/table.ts";
import { SCOPES } from "../lambdas/core/key.ts";
import { createKey } from "../lambdas/flow/create-key.ts";
import { dynamodbClient } from "../local/engines/aws.ts";

const HELP = `Makes an API key and shows its secret, once.

  npm run keys -- create --account acme                          in the service that npm start runs here (not with --memory)
  npm run keys -- create --account acme --table NAME --region R  in a deployed table, with your AWS credentials

  npm run keys -- create --operator …                            a key that acts for any account, named by each request

  --account   whose key it is: 1-64 of A-Z a-z 0-9 _ -
  --scopes    what it may do, separated by commas: ${SCOPES.join(",")} (all of them by default)
  --data-dir  where npm start keeps its data (.rappel)`;

const OPTIONS = {
  account: { type: "string" },
  operator: { type: "boolean", default: false },
  scopes: { type: "string", default: SCOPES.join(",") },
  table: { type: "string" },
  region: { type: "string" },
  "data-dir": { type: "string", default: ".rappel" },
  help: { type: "boolean", default: false },
} as const;
const Scopes = z.array(z.enum(SCOPES)).min(1);
const Running = z.object({ tableName: z.string(), engines: z.object({ dynamodb: z.string(), sqs: z.string() }) });

try {
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
  if (values.help || positionals.join(" ") !== "create") {
    console.log(HELP);
    process.exit(values.help ? 0 : 1);
  }
  if ((values.account === undefined) === !values.operator)
    throw new Error("Say whose key it is: either --account acme, or --operator for one that acts for any account");
  const scopes = Scopes.safeParse(values.scopes.split(",").map((scope) => scope.trim()));
  if (!scopes.success) throw new Error(`Cannot give the scopes "${values.scopes}": there are ${SCOPES.join(", ")}`);
  const table =
    values.table === undefined ? localTable(values["data-dir"]) : deployedTable(values.table, values.region);
  const { key, secret } = await createKey(
    { clock, dice, keys: dynamoKeys(table), accounts: dynamoAccounts(table) },
    values.account,
    {
      scopes: scopes.data,
    },
  );
  console.log(
    `A key for ${key.account === undefined ? "the operator, who acts for any account" : `the account ${key.account}`}, with the scopes ${key.scopes.join(", ")}. Its secret is shown only here:\n`,
  );
  console.log(`  ${key.id}:${secret}\n\nUse it as HTTP Basic credentials: curl -u ${key.id}:${secret} …`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

function localTable(folder: string): Table {
  const path = join(folder, "run.json");
  const running = (() => {
    try {
      return Running.parse(JSON.parse(readFileSync(path, "utf8")));
    } catch {
      throw new Error(`No service runs on ${folder}. Start it with npm start, or name a deployed table: --table NAME`);
    }
  })();
  return openTable(running.tableName, dynamodbClient(running.engines));
}

function deployedTable(name: string, region: string | undefined): Table {
  return openTable(name, new DynamoDBClient(region === undefined ? {} : { region }));
}
