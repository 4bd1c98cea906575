import {
  type AttributeDefinition,
  type CreateGlobalSecondaryIndexAction,
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceInUseException,
  UpdateTableCommand,
} from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import { nameOf } from "./names.ts";
import type { Resources } from "./template.ts";

const Keys = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(["HASH", "RANGE"]) }));
const Projection = z.object({
  ProjectionType: z.enum(["ALL", "INCLUDE", "KEYS_ONLY"]),
  NonKeyAttributes: z.array(z.string()).optional(),
});
const Table = z.object({
  KeySchema: Keys,
  AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.enum(["S", "N", "B"]) })),
  GlobalSecondaryIndexes: z.array(z.object({ IndexName: z.string(), KeySchema: Keys, Projection })).optional(),
});

/** Creates the templates' tables that do not exist yet, and returns all their names. */
export async function createTables(client: DynamoDBClient, { all, resolve }: Resources): Promise<readonly string[]> {
  const tables = all.filter(({ type }) => type === "AWS::DynamoDB::Table" || type === "AWS::DynamoDB::GlobalTable");
  return await Promise.all(
    tables.map(async (resource) => {
      const TableName = nameOf(resource);
      const { GlobalSecondaryIndexes, ...table } = Table.parse(resolve(resource.stack, resource.properties));
      // The engines do not delete expired items, so the TTL attribute is left out.
      const indexes = (GlobalSecondaryIndexes ?? []).map(({ Projection: { NonKeyAttributes, ...kind }, ...index }) => ({
        ...index,
        Projection: NonKeyAttributes ? { ...kind, NonKeyAttributes } : kind,
      }));
      try {
        await client.send(
          new CreateTableCommand({
            ...table,
            TableName,
            BillingMode: "PAY_PER_REQUEST",
            ...(indexes.length > 0 ? { GlobalSecondaryIndexes: indexes } : {}),
          }),
        );
      } catch (error) {
        if (!(error instanceof ResourceInUseException)) throw error;
        await addIndexes(client, TableName, table.AttributeDefinitions, indexes);
      }
      return TableName;
    }),
  );
}

/** Adds the indexes that a table lacks: its data are from an earlier version. One update can add one index. */
async function addIndexes(
  client: DynamoDBClient,
  TableName: string,
  AttributeDefinitions: AttributeDefinition[],
  indexes: readonly CreateGlobalSecondaryIndexAction[],
): Promise<void> {
  const { Table: table } = await client.send(new DescribeTableCommand({ TableName }));
  const present = new Set(table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName));
  for (const index of indexes.filter(({ IndexName }) => !present.has(IndexName))) {
    const keys = new Set(index.KeySchema?.map(({ AttributeName }) => AttributeName));
    await client.send(
      new UpdateTableCommand({
        TableName,
        AttributeDefinitions: AttributeDefinitions.filter(({ AttributeName }) => keys.has(AttributeName)),
        GlobalSecondaryIndexUpdates: [{ Create: index }],
      }),
    );
  }
}
