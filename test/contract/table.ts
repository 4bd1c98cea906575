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
        {
          IndexName: "statuses",
          KeySchema: [
            { AttributeName: "statusGroup", KeyType: "HASH" },
            { AttributeName: "statusKey", KeyType: "RANGE" },
          ],
          Projection: {
            ProjectionType: "INCLUDE",
            NonKeyAttributes: ["endpoint", "account", "type", "status", "reason", "lastCode"],
          },
        },
      ],
      AttributeDefinitions: ["pk", "sk", "wakeShard", "wakeKey", "statusGroup", "statusKey"].map((AttributeName) => ({
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
