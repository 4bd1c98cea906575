import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { KMSClient } from "@aws-sdk/client-kms";
import * as z from "zod";
import { openTable, type Table } from "../lambdas/adapters/dynamodb/table/table.ts";
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

interface TableFlags {
  readonly table?: string | undefined;
  readonly region?: string | undefined;
  readonly "data-dir": string;
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

/** @throws {Error} if there is no --table and no service runs on the data folder */
export function tableLocation({ table: name, region, "data-dir": folder }: TableFlags): TableLocation {
  if (name === undefined) return runningIn(folder);
  const config = region === undefined ? {} : { region };
  return { table: openTable(name, new DynamoDBClient(config)), kms: new KMSClient(config) };
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
  return { table: openTable(tableName, dynamodbClient(engines)), kms: kmsClient(engines) };
}
