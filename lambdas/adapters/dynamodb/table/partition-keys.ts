import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import type { ItemKey, Table } from "./table.ts";

const Key = z.object({ pk: z.string(), sk: z.string() });

/** The keys of the first items of a partition, in order. */
export async function keysOfPartition({ client, name }: Table, pk: string, limit: number): Promise<ItemKey[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: name,
      ConsistentRead: true,
      Limit: limit,
      ProjectionExpression: "pk, sk",
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": pk },
    }),
  );
  return Items.map((item) => Key.parse(item));
}
