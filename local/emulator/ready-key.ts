import { existsSync, readFileSync, writeFileSync } from "node:fs";
import * as z from "zod";
import { createKey } from "../../lambdas/accounts/create-key.ts";
import { DEFAULT_SCOPES, isSecretOf } from "../../lambdas/accounts/model/key.ts";
import { clock, random } from "../../lambdas/adapters/aws/clock-and-random.ts";
import { dynamoAccounts } from "../../lambdas/adapters/dynamodb/accounts.ts";
import { dynamoKeys } from "../../lambdas/adapters/dynamodb/keys.ts";
import type { Table } from "../../lambdas/adapters/dynamodb/table/table.ts";

const ACCOUNT = "demo";
const KeyFile = z.object({ id: z.string(), secret: z.string() });
/** A key pair as a caller sends it. */
export type ReadyKey = z.infer<typeof KeyFile>;

/**
 * A key of account `demo` with every scope, the same at each start.
 * @param file where the key is stored; without it, each start creates a new key
 */
export async function readyKey(table: Table, file?: string): Promise<ReadyKey> {
  const keys = dynamoKeys(table);
  const kept = file === undefined ? undefined : readKeyFile(file);
  const stored = kept && (await keys.find(kept.id));
  if (kept && stored && isSecretOf(stored, kept.secret)) return kept;

  const ready = await newKey(table, ACCOUNT);
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(ready)}\n`, { mode: 0o600 });
  return ready;
}

/** A new operator key with every scope. */
export function newOperatorKey(table: Table): Promise<ReadyKey> {
  return newKey(table, undefined);
}

async function newKey(table: Table, account: string | undefined): Promise<ReadyKey> {
  const world = { clock, random, keys: dynamoKeys(table), accounts: dynamoAccounts(table) };
  const { key, secret } = await createKey(world, account, { scopes: DEFAULT_SCOPES });
  return { id: key.id, secret };
}

function readKeyFile(file: string): ReadyKey | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return KeyFile.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return undefined; // cut off by a crash: the caller creates a new key
  }
}
