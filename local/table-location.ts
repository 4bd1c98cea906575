import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { KMSClient } from "@aws-sdk/client-kms";
import * as z from "zod";
import { openTable, type Table } from "../lambdas/adapters/dynamodb/table.ts";
import { dynamodbClient, kmsClient } from "./emulator/engines/aws-clients.ts";

/** What the commands that work on a table say of where it is. */
export const WHERE = `Where: in the service that npm start runs here (not with --memory), or in a deployed table, with your AWS credentials:

  --table NAME --region R
  --data-dir      where npm start keeps its data (.rappel)`;

export const PLACE_OPTIONS = {
  table: { type: "string" },
  region: { type: "string" },
  "data-dir": { type: "string", default: ".rappel" },
} as const;

interface PlaceFlags {
  readonly table?: string | undefined;
  readonly region?: string | undefined;
  readonly "data-dir": string;
}
/** A table, and the keys by which its sealed parts are opened. */
export interface Place {
  readonly table: Table;
  readonly kms: KMSClient;
}

const Running = z.object({
  tableName: z.string(),
  engines: z.object({ dynamodb: z.string(), sqs: z.string(), kms: z.string() }),
});

/** @throws {Error} where no table is named and no service runs here */
export function placeOf({ table: name, region, "data-dir": folder }: PlaceFlags): Place {
  if (name === undefined) return runningIn(folder);
  const at = region === undefined ? {} : { region };
  return { table: openTable(name, new DynamoDBClient(at)), kms: new KMSClient(at) };
}

function runningIn(folder: string): Place {
  const { tableName, engines } = (() => {
    try {
      return Running.parse(JSON.parse(readFileSync(join(folder, "run.json"), "utf8")));
    } catch {
      throw new Error(
        `No service keeps its data in ${folder}. Start it with npm start (without --memory), or name a deployed table: --table NAME`,
      );
    }
  })();
  return { table: openTable(tableName, dynamodbClient(engines)), kms: kmsClient(engines) };
}
