// Runs in its own process, which the test kills: starts the engines on a folder, uses them, and prints a line.
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { dynamodbClient, sqsClient } from "../../local/emulator/engines/aws-clients.ts";
import { takeDataFolder } from "../../local/emulator/engines/data-lock.ts";
import { startDynamodb } from "../../local/emulator/engines/dynamodb.ts";
import { startSqs } from "../../local/emulator/engines/sqs.ts";
import { createTables } from "../../local/emulator/template/tables.ts";

const folder = process.argv[2] ?? "";
takeDataFolder(folder);
const [dynamodb, sqs] = await Promise.all([startDynamodb(`${folder}/dynamodb.sqlite`), startSqs(`${folder}/sqs`)]);
const urls = { dynamodb: dynamodb.url, sqs: sqs.url };
const tables = dynamodbClient(urls);
const properties = {
  KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
  AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
};
await createTables(tables, {
  all: [{ stack: "small", id: "Table", type: "AWS::DynamoDB::Table", properties }],
  resolve: (_stack, value) => value,
});
await tables.send(new PutItemCommand({ TableName: "small-Table", Item: { pk: { S: "kept" } } }));

const queues = sqsClient(urls);
const { QueueUrl } = await queues.send(new CreateQueueCommand({ QueueName: "small-Queue" }));
for (let at = 0; at < 20; at += 1) await queues.send(new SendMessageCommand({ QueueUrl, MessageBody: String(at) }));
// Received and not deleted when the process is killed, so hidden for six minutes.
await queues.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 7, VisibilityTimeout: 360 }));
console.log(JSON.stringify(urls));
setInterval(() => undefined, 1_000);
