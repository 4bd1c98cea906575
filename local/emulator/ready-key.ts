import { existsSync, readFileSync, writeFileSync } from "node:fs";
import * as z from "zod";
import { createKey } from "../../lambdas/accounts/create-key.ts";
import { createPortalLink } from "../../lambdas/accounts/create-portal-link.ts";
import { DEFAULT_SCOPES, isSecretOf } from "../../lambdas/accounts/model/key.ts";
import { clock, random } from "../../lambdas/adapters/aws/clock-and-random.ts";
import { dynamoAccounts } from "../../lambdas/adapters/dynamodb/accounts.ts";
import { dynamoKeys } from "../../lambdas/adapters/dynamodb/keys.ts";
import { dynamoSessions } from "../../lambdas/adapters/dynamodb/sessions/sessions.ts";
import type { Table } from "../../lambdas/adapters/dynamodb/table/table.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";

const ACCOUNT = "demo";
/** The link is about all of them. */
const NO_ENDPOINTS = { find: async () => undefined };
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

/** The code of a new link to the console of account `demo`, which is valid for an hour. */
export async function consoleCode(table: Table, key: ReadyKey): Promise<string> {
  const ports = {
    clock,
    random,
    accounts: dynamoAccounts(table),
    sessions: dynamoSessions(table),
    endpoints: NO_ENDPOINTS,
  };
  const link = { expiresInSeconds: 3_600, sessionSeconds: LIMITS.sessionSeconds, scopes: DEFAULT_SCOPES };
  return (await createPortalLink(ports, ACCOUNT, link, { id: key.id, scopes: DEFAULT_SCOPES })).code;
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
