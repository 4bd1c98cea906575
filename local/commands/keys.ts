import { parseArgs } from "node:util";
import * as z from "zod";
import { createKey } from "../../lambdas/accounts/create-key.ts";
import { DEFAULT_SCOPES, SCOPE_MEANINGS, SCOPES } from "../../lambdas/accounts/model/key.ts";
import { recordActivity } from "../../lambdas/activity/record-activity.ts";
import { clock, random } from "../../lambdas/adapters/aws/clock-and-random.ts";
import { dynamoAccounts } from "../../lambdas/adapters/dynamodb/accounts.ts";
import { dynamoActivity } from "../../lambdas/adapters/dynamodb/activity.ts";
import { dynamoKeys } from "../../lambdas/adapters/dynamodb/keys.ts";
import type { Table } from "../../lambdas/adapters/dynamodb/table/table.ts";
import { TABLE_HELP, TABLE_OPTIONS, withTable } from "../table-location.ts";

const help = (
  command: string,
) => `Creates, lists and deletes API keys. A key's secret is shown only once, when the key is created.

  ${command} create --account acme    creates a key of the account acme
  ${command} create --operator        creates an operator key: each request names the account it acts for
  ${command} list --account acme      lists the account's keys (--operator: the operator keys)
  ${command} delete key_…             deletes a key; it is refused within 30 s
  ${command} --help                   shows this

${TABLE_HELP}

Options of create:

  --account ID       the account of the key: 1-64 characters of A-Z a-z 0-9 _ -
  --scopes LIST      its scopes, separated by commas (default: ${DEFAULT_SCOPES.join(",")}, which include all):
${SCOPES.map((scope) => `                       ${scope}: ${SCOPE_MEANINGS[scope]}`).join("\n")}
  --name TEXT        a description of the key
  --valid-days N     the days until it expires, 1 to 9999 (default: it does not expire)`;

const OPTIONS = {
  account: { type: "string" },
  operator: { type: "boolean", default: false },
  scopes: { type: "string", default: DEFAULT_SCOPES.join(",") },
  name: { type: "string", default: "" },
  "valid-days": { type: "string" },
  ...TABLE_OPTIONS,
  help: { type: "boolean", default: false },
} as const;
const Scopes = z.array(z.enum(SCOPES)).min(1);
const DAY_MS = 86_400_000;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>>["values"];

/**
 * Creates, lists and deletes API keys, in the local service or in a deployed table.
 * @param command how it was called, for its help
 */
export async function runKeys(args: readonly string[], command: string): Promise<void> {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
    const [name = "", id, ...extra] = positionals;
    const commands: Readonly<Record<string, (table: Table) => Promise<void>>> = {
      create: (table) => create(table, values),
      list: (table) => list(table, values),
      delete: (table) => remove(table, id, command),
    };
    const run = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (values.help || run === undefined || extra.length > 0 || (id !== undefined && name !== "delete")) {
      console.log(help(command));
      process.exit(values.help ? 0 : 1);
    }
    await withTable(values, ({ table }) => run(table));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}

/** @returns the account; `undefined` for the operator */
function ownerOf({ account, operator }: Values): string | undefined {
  if ((account === undefined) === !operator)
    throw new Error("Cannot choose the owner of the key: need either --account ID or --operator");
  return account;
}

async function create(table: Table, values: Values): Promise<void> {
  const account = ownerOf(values);
  const scopes = Scopes.safeParse(values.scopes.split(",").map((scope) => scope.trim()));
  if (!scopes.success)
    throw new Error(`Cannot use --scopes "${values.scopes}": need a list of ${SCOPES.join(", ")}, separated by commas`);
  const days = values["valid-days"];
  if (days !== undefined && !/^[1-9]\d{0,3}$/.test(days))
    throw new Error(`Cannot use --valid-days "${days}": need a whole number from 1 to 9999`);
  const world = { clock, random, keys: dynamoKeys(table), accounts: dynamoAccounts(table) };
  const { key, secret } = await createKey(world, account, {
    scopes: scopes.data,
    name: values.name,
    ...(days !== undefined && { validUntil: clock.now() + Number(days) * DAY_MS }),
  });
  if (account !== undefined)
    await recordActivity(
      activityPorts(table),
      { account, isOperator: true },
      { action: "key.created", subject: key.id },
    );
  console.log(
    `Created ${account === undefined ? "an operator key" : `a key of the account ${account}`} with the scopes ${key.scopes.join(", ")}. Its secret is shown only once:\n`,
  );
  console.log(`  ${key.id}:${secret}\n\nUse it as HTTP Basic credentials: curl -u ${key.id}:${secret} …`);
}

async function list(table: Table, values: Values): Promise<void> {
  const found = await dynamoKeys(table).list(ownerOf(values));
  if (found.length === 0) console.log("No keys.");
  for (const { id, prefix, scopes, name, createdAt, lastUsedAt, validUntil } of found) {
    const until = validUntil === undefined ? "" : `  expires ${dayOf(validUntil)}`;
    const used = lastUsedAt === undefined ? "never used" : `last used ${dayOf(lastUsedAt)}`;
    console.log(`${id}:${prefix}…  ${scopes.join(",")}  created ${dayOf(createdAt)}  ${used}${until}  ${name}`);
  }
}

async function remove(table: Table, id: string | undefined, command: string): Promise<void> {
  const keys = dynamoKeys(table);
  const key = await keys.find(id ?? "");
  if (key === undefined)
    throw new Error(`Cannot delete the key "${id ?? ""}": it does not exist. List keys with ${command} list`);
  await keys.remove(key);
  if (key.account !== undefined)
    await recordActivity(
      activityPorts(table),
      { account: key.account, isOperator: true },
      { action: "key.deleted", subject: key.id },
    );
  console.log(`Deleted ${key.id}. It is refused within 30 s.`);
}

function activityPorts(table: Table) {
  const activityLost = () => console.error("The change was made, but could not be added to the account's activity.");
  return {
    clock,
    random,
    accounts: dynamoAccounts(table),
    activity: dynamoActivity(table, clock),
    report: { activityLost },
  };
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
