import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, type QueryCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, it } from "vitest";
import { countShards } from "../../lambdas/adapters/dynamodb/table/sharded-query.ts";

/** A table whose partitions have that many items each. */
function tableWith(sizes: readonly number[]) {
  const asked = { items: 0, calls: 0 };
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ region: "local" }));
  const send = async ({ input }: QueryCommand) => {
    const shard = Number(input.ExpressionAttributeValues?.[":pk"]);
    const from = Number(input.ExclusiveStartKey?.["sk"] ?? 0);
    const count = Math.min(input.Limit ?? 0, (sizes[shard] ?? 0) - from);
    asked.items += count;
    asked.calls++;
    const isMore = from + count < (sizes[shard] ?? 0);
    return { Count: count, ...(isMore && { LastEvaluatedKey: { pk: String(shard), sk: String(from + count) } }) };
  };
  return { table: { client: Object.assign(client, { send }), name: "table" }, asked };
}

describe("counting a backlog", () => {
  it.each([
    ["empty", Array(8).fill(0), 0],
    ["small", Array(8).fill(20), 160],
    ["of exactly 1,000", Array(8).fill(125), 1_000],
    ["very long", Array(8).fill(50_000), 1_000],
    ["long in one shard only", [0, 0, 0, 4_000, 0, 0, 0, 0], 1_000],
    ["of uneven shards", [900, 10, 0, 0, 5, 0, 0, 3], 918],
  ] as [string, number[], number][])(
    "counting a backlog that is %s reads 1,000 items in all at most",
    async (_, sizes, expected) => {
      const { table, asked } = tableWith(sizes);
      expect(await countShards(table, { partitions: sizes.map((_, n) => String(n)), max: 1_000 })).toBe(expected);
      expect(asked.items).toBeLessThan(1_010); // each shard's part is rounded up
      expect(asked.calls).toBeLessThanOrEqual(16);
    },
  );
});
