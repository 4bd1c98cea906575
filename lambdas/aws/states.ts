import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import type { EndpointState } from "../core/endpoint.ts";
import type { States } from "../ports.ts";
import { isRefused, keys, readItems, type Table } from "./table.ts";

const StateItem = z
  .object({
    endpoint: z.string(),
    account: z.string(),
    status: z.enum(["active", "failing", "suspended", "paused", "deleted"]),
    statusReason: z.string(),
    statusSince: z.number(),
    version: z.number(),
    streak: z.number(),
    lastOkAt: z.number().optional(),
    parked: z.number(),
  })
  .transform(({ lastOkAt, ...rest }): EndpointState => ({ ...rest, ...(lastOkAt !== undefined && { lastOkAt }) }));

export function dynamoStates(table: Table): States {
  return {
    async read(endpoints) {
      const items = await readItems(table, [...new Set(endpoints)].map(keys.state));
      return new Map(items.map((item) => StateItem.parse(item)).map((state) => [state.endpoint, state]));
    },

    async learn({ endpoint, parked, failures, okAt }) {
      const isOk = okAt !== undefined;
      const update = new UpdateCommand({
        TableName: table.name,
        Key: keys.state(endpoint),
        UpdateExpression: isOk
          ? "SET lastOkAt = :okAt, streak = :failures ADD parked :parked"
          : "ADD streak :failures, parked :parked",
        ConditionExpression: "attribute_exists(pk)",
        ExpressionAttributeValues: { ":failures": failures, ":parked": parked, ...(isOk && { ":okAt": okAt }) },
      });
      await isRefused(table.client.send(update));
    },
  };
}
