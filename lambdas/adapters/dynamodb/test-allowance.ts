import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { Allowance } from "../../ports/outgoing.ts";
import { isRefused, keys, type Table } from "./table/table.ts";

const MINUTE_MS = 60_000;

export function dynamoAllowance({ client, name }: Table): Allowance {
  return {
    async take(what, perMinute, now) {
      const minute = Math.floor(now / MINUTE_MS);
      const update = new UpdateCommand({
        TableName: name,
        Key: keys.allowance(what, minute),
        UpdateExpression: "ADD used :one SET expiresAt = :expiresAt",
        ConditionExpression: "attribute_not_exists(used) OR used < :max",
        ExpressionAttributeValues: { ":one": 1, ":max": perMinute, ":expiresAt": (minute + 2) * 60 },
      });
      return (await isRefused(client.send(update))) ? Math.ceil(((minute + 1) * MINUTE_MS - now) / 1000) : undefined;
    },
  };
}
