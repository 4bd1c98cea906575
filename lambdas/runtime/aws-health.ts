import { GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { keys, type Table } from "../adapters/dynamodb/table/table.ts";
import type { Health } from "../ports/operations.ts";

export function awsHealth({ client, name }: Table, sqs: SQSClient, queueUrl: string): Health {
  return {
    async unavailable() {
      const [table, queue] = await Promise.allSettled([
        client.send(new GetCommand({ TableName: name, Key: keys.account("-") })),
        sqs.send(new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ["QueueArn"] })),
      ]);
      return [...(table.status === "rejected" ? ["table"] : []), ...(queue.status === "rejected" ? ["queue"] : [])];
    },
  };
}
