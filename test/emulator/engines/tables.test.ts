import { DescribeTableCommand, PutItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { expect, it } from "vitest";
import { dynamodbClient } from "../../../local/emulator/engines/aws-clients.ts";
import { startDynamodb } from "../../../local/emulator/engines/dynamodb.ts";
import { createTables } from "../../../local/emulator/template/tables.ts";

const index = (name: string) => ({
  IndexName: name,
  KeySchema: [
    { AttributeName: `${name}Group`, KeyType: "HASH" },
    { AttributeName: `${name}Key`, KeyType: "RANGE" },
  ],
  Projection: { ProjectionType: "KEYS_ONLY" },
});

/** The resources of a template whose table has these indexes. */
const resourcesWith = (...names: readonly string[]) => ({
  all: [
    {
      stack: "state",
      id: "Table",
      type: "AWS::DynamoDB::GlobalTable",
      properties: {
        TableName: "growing",
        KeySchema: [
          { AttributeName: "pk", KeyType: "HASH" },
          { AttributeName: "sk", KeyType: "RANGE" },
        ],
        AttributeDefinitions: ["pk", "sk", ...names.flatMap((name) => [`${name}Group`, `${name}Key`])].map(
          (AttributeName) => ({ AttributeName, AttributeType: "S" }),
        ),
        ...(names.length > 0 && { GlobalSecondaryIndexes: names.map(index) }),
      },
    },
  ],
  resolve: (_stack: string, value: unknown) => value,
});

it("a table from an earlier version gets the indexes that it lacks, with the items that it has", async () => {
  const engine = await startDynamodb();
  const client = dynamodbClient({ dynamodb: engine.url, sqs: engine.url, kms: engine.url });
  try {
    const [TableName = ""] = await createTables(client, resourcesWith("one"));
    const item = { pk: "a", sk: "b", twoGroup: "g", twoKey: "k" };
    const Item = Object.fromEntries(Object.entries(item).map(([name, S]) => [name, { S }]));
    await client.send(new PutItemCommand({ TableName, Item }));
    for (let starts = 0; starts < 2; starts++) await createTables(client, resourcesWith("one", "two", "three"));
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    expect(Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName).toSorted()).toEqual([
      "one",
      "three",
      "two",
    ]);
    const { Items } = await client.send(
      new QueryCommand({
        TableName,
        IndexName: "two",
        KeyConditionExpression: "twoGroup = :g",
        ExpressionAttributeValues: { ":g": { S: "g" } },
      }),
    );
    expect(Items).toEqual([Item]);
  } finally {
    client.destroy();
    await engine.stop();
  }
});
