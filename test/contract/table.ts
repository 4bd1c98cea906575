import { CreateTableCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";

/** The table of the state stack. `test/stacks/state.test.ts` checks that both are the same. */
export async function createTable(client: DynamoDBClient, name: string): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: "PAY_PER_REQUEST",
      GlobalSecondaryIndexes: [
        {
          IndexName: "wakes",
          KeySchema: [
            { AttributeName: "wakeShard", KeyType: "HASH" },
            { AttributeName: "wakeKey", KeyType: "RANGE" },
          ],
          Projection: { ProjectionType: "KEYS_ONLY" },
        },
      ],
      AttributeDefinitions: ["pk", "sk", "wakeShard", "wakeKey"].map((AttributeName) => ({
        AttributeName,
        AttributeType: "S",
      })),
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
    }),
  );
}
