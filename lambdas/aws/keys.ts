import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { SCOPES } from "../core/key.ts";
import type { Keys } from "../ports.ts";
import { keys, type Table } from "./table.ts";

const KeyItem = z.object({
  id: z.string(),
  account: z.string().exactOptional(),
  scopes: z.array(z.enum(SCOPES)),
  secretHash: z.string(),
  createdAt: z.number(),
});

export function dynamoKeys({ client, name }: Table): Keys {
  return {
    async find(id) {
      const { Item } = await client.send(new GetCommand({ TableName: name, Key: keys.key(id), ConsistentRead: true }));
      return Item === undefined ? undefined : KeyItem.parse(Item);
    },
    async add(key) {
      await client.send(new PutCommand({ TableName: name, Item: { ...keys.key(key.id), ...key } }));
    },
  };
}
