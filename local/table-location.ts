import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { KMSClient } from "@aws-sdk/client-kms";
import * as z from "zod";
import { openTable, type Table } from "../lambdas/adapters/dynamodb/table/table.ts";
import { SHARDS_MAX } from "../lambdas/shared/ids.ts";
import { dynamodbClient, kmsClient } from "./emulator/engines/aws-clients.ts";

/** Help text of the commands that use a table. */
export const TABLE_HELP = `By default it uses the service that npm start runs on this machine (not with --memory).

  --table NAME --region R   uses a deployed table instead, with your AWS credentials
  --data-dir FOLDER         the data folder of npm start (.rappel by default)`;

export const TABLE_OPTIONS = {
  table: { type: "string" },
  region: { type: "string" },
  "data-dir": { type: "string", default: ".rappel" },
} as const;

export interface TableFlags {
  readonly table?: string | undefined;
  readonly region?: string | undefined;
  /** A profile of the AWS configuration. Default: that of the environment. */
  readonly profile?: string | undefined;
  readonly "data-dir": string;
  /** The prefix of the flags' names in messages, if a command has several tables. */
  readonly prefix?: string;
}
/** A table, and the KMS that decrypts its sealed attributes. */
export interface TableLocation {
  readonly table: Table;
  readonly kms: KMSClient;
}

const Running = z.object({
  tableName: z.string(),
  engines: z.object({ dynamodb: z.string(), sqs: z.string(), kms: z.string() }),
});

/**
 * Runs a command on the table that the flags name.
 * @throws {Error} what the command throws. If the table cannot be found or used, the message says which flag led to which
 * table and region, and what to do; also if there is no --table and no service runs on the data folder
 */
export async function withTable<T>(flags: TableFlags, command: (location: TableLocation) => Promise<T>): Promise<T> {
  const location = tableLocation(flags);
  try {
    return await command(location);
  } catch (error) {
    throw await explained(error, flags, location.table);
  }
}

/** @throws {Error} if there is no --table and no service runs on the data folder */
export function tableLocation({ table: name, region, profile, "data-dir": folder }: TableFlags): TableLocation {
  if (name === undefined) return runningIn(folder);
  const config = { ...(region !== undefined && { region }), ...(profile !== undefined && { profile }) };
  return { table: openTable(name, new DynamoDBClient(config), SHARDS_MAX), kms: new KMSClient(config) };
}

/** An error in the words of the flags, if it is about where the table is. */
async function explained(error: unknown, flags: TableFlags, { client, name }: Table): Promise<unknown> {
  const cause = innermost(error);
  if (!(cause instanceof Error)) return error;
  const isLocal = flags.table === undefined;
  const prefix = flags.prefix ?? "";
  const region = await client.config.region().catch(() => undefined);
  const place = isLocal
    ? `the table "${name}" of the service on the data folder ${flags["data-dir"]} (--${prefix}data-dir)`
    : `the table "${name}" (--${prefix}table) in the region ${region ?? "that is not set"} (${flags.region === undefined ? "AWS_REGION or the AWS profile" : `--${prefix}region`})`;
  if (!isLocal && region === undefined)
    return new Error(
      `Cannot look for the table "${name}" (--${prefix}table): need a region, by --${prefix}region, AWS_REGION or the profile`,
    );
  if (cause.name === "ResourceNotFoundException")
    return new Error(
      isLocal
        ? `Cannot find ${place}. Start the service again with npm start`
        : `Cannot find ${place}. The output 2CreateKey of the stage's observability stack has both; aws dynamodb list-tables --region ${region} lists the tables there`,
    );
  if (cause.name === "CredentialsProviderError")
    return new Error(`Cannot use ${place}: no AWS credentials. ${cause.message}`);
  if ("code" in cause && typeof cause.code === "string")
    return new Error(
      `Cannot reach ${place}: ${cause.message}.${isLocal ? " It is no longer running: start it with npm start" : ""}`,
    );
  if (/^(AccessDenied|UnrecognizedClient|InvalidSignature|ExpiredToken)/.test(cause.name))
    return new Error(`Cannot use ${place}: ${cause.message}`);
  return error;
}

function innermost(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? innermost(error.cause) : error;
}

function runningIn(folder: string): TableLocation {
  const { tableName, engines } = (() => {
    try {
      return Running.parse(JSON.parse(readFileSync(join(folder, "run.json"), "utf8")));
    } catch {
      throw new Error(
        `No service is running on the data folder ${folder}. Start one with npm start (without --memory), or use a deployed table: --table NAME`,
      );
    }
  })();
  return { table: openTable(tableName, dynamodbClient(engines), SHARDS_MAX), kms: kmsClient(engines) };
}
