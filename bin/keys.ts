/** `npm run keys`: makes, shows and deletes API keys, in the service that runs here or in a deployed table. */
import { parseArgs } from "node:util";
import * as z from "zod";
import { createKey } from "../lambdas/accounts/create-key.ts";
import { SCOPES } from "../lambdas/accounts/model/key.ts";
import { clock, random } from "../lambdas/adapters/aws/clock-and-random.ts";
import { dynamoAccounts } from "../lambdas/adapters/dynamodb/accounts.ts";
import { dynamoKeys } from "../lambdas/adapters/dynamodb/keys.ts";
import type { Table } from "../lambdas/adapters/dynamodb/table.ts";
import { PLACE_OPTIONS, placeOf, WHERE } from "../local/table-location.ts";

const HELP = `Makes API keys, shows which there are, and deletes them. A key's secret is shown once, when it is made.

  npm run keys -- create --account acme    a key of that account
  npm run keys -- create --operator        a key that acts for any account, named by each request
  npm run keys -- list --account acme      or --operator
  npm run keys -- delete key_…             it is refused within 30 s

${WHERE}

For create:

  --account       whose key it is: 1-64 of A-Z a-z 0-9 _ -
  --scopes        what it may do, separated by commas: ${SCOPES.join(",")} (all of them by default)
  --name          what it is for
  --valid-days N  for how long it works: until it is deleted, if not said`;

const OPTIONS = {
  account: { type: "string" },
  operator: { type: "boolean", default: false },
  scopes: { type: "string", default: SCOPES.join(",") },
  name: { type: "string", default: "" },
  "valid-days": { type: "string" },
  ...PLACE_OPTIONS,
  help: { type: "boolean", default: false },
} as const;
const Scopes = z.array(z.enum(SCOPES)).min(1);
const DAY_MS = 86_400_000;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>>["values"];

try {
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
  const [command = "", id, ...others] = positionals;
  const commands: Readonly<Record<string, (table: Table) => Promise<void>>> = {
    create: (table) => create(table, values),
    list: (table) => list(table, values),
    delete: (table) => remove(table, id),
  };
  const act = Object.hasOwn(commands, command) ? commands[command] : undefined;
  if (values.help || act === undefined || others.length > 0 || (id !== undefined && command !== "delete")) {
    console.log(HELP);
    process.exit(values.help ? 0 : 1);
  }
  await act(placeOf(values).table);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

/** @returns the account; `undefined` for the operator */
function ownerOf({ account, operator }: Values): string | undefined {
  if ((account === undefined) === !operator)
    throw new Error("Say whose key it is: either --account acme, or --operator for one that acts for any account");
  return account;
}

async function create(table: Table, values: Values): Promise<void> {
  const account = ownerOf(values);
  const scopes = Scopes.safeParse(values.scopes.split(",").map((scope) => scope.trim()));
  if (!scopes.success) throw new Error(`Cannot give the scopes "${values.scopes}": there are ${SCOPES.join(", ")}`);
  const days = values["valid-days"];
  if (days !== undefined && !/^[1-9]\d{0,3}$/.test(days))
    throw new Error(`Cannot make a key that is valid for "${days}" days: need a whole number from 1 to 9,999`);
  const world = { clock, random, keys: dynamoKeys(table), accounts: dynamoAccounts(table) };
  const { key, secret } = await createKey(world, account, {
    scopes: scopes.data,
    name: values.name,
    ...(days !== undefined && { validUntil: clock.now() + Number(days) * DAY_MS }),
  });
  console.log(
    `A key for ${account === undefined ? "the operator, who acts for any account" : `the account ${account}`}, with the scopes ${key.scopes.join(", ")}. Its secret is shown only here:\n`,
  );
  console.log(`  ${key.id}:${secret}\n\nUse it as HTTP Basic credentials: curl -u ${key.id}:${secret} …`);
}

async function list(table: Table, values: Values): Promise<void> {
  const found = await dynamoKeys(table).list(ownerOf(values));
  if (found.length === 0) console.log("There is none.");
  for (const { id, prefix, scopes, name, createdAt, lastUsedAt, validUntil } of found) {
    const until = validUntil === undefined ? "" : `  until ${dayOf(validUntil)}`;
    const used = lastUsedAt === undefined ? "never used" : `used ${dayOf(lastUsedAt)}`;
    console.log(`${id}:${prefix}…  ${scopes.join(",")}  made ${dayOf(createdAt)}  ${used}${until}  ${name}`);
  }
}

async function remove(table: Table, id = ""): Promise<void> {
  const keys = dynamoKeys(table);
  const key = await keys.find(id);
  if (key === undefined) throw new Error(`There is no key "${id}": npm run keys -- list shows those there are`);
  await keys.remove(key);
  console.log(`${id} is deleted; it is refused within 30 s.`);
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
