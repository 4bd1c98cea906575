import { DeleteCommand, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { EMPTY_CALLBACK_SET, isCallbackType } from "../../mailjet/model/callback.ts";
import type { Callbacks } from "../../ports/callbacks.ts";
import { isRefused, keys, type Table } from "./table/table.ts";
import type { Vault } from "./vault.ts";

const CallbacksItem = z.object({ version: z.number(), sealed: z.instanceof(Uint8Array) });
const target = {
  url: z.string(),
  userinfo: z.object({ user: z.string(), password: z.string() }).exactOptional(),
  version: z.literal([1, 2]),
  isBackup: z.boolean(),
};
const eventType = z.string().refine(isCallbackType);
/** The encrypted part of an item: it contains users and passwords of urls. */
const Sealed = z.object({
  lastId: z.number(),
  endpoints: z.array(z.object({ id: z.string(), ...target })),
  callbacks: z.array(
    z.object({
      id: z.number(),
      eventType,
      endpoint: z.string(),
      apiKeyId: z.number(),
      shownUrl: z.string().exactOptional(),
    }),
  ),
  // Items that were written before deleted callbacks were kept have none.
  deleted: z.array(z.object({ ...target, eventType, endpoint: z.string(), until: z.number() })).default([]),
});

export function dynamoCallbacks({ client, name: TableName }: Table, vault: Vault): Callbacks {
  const ownerOf = (account: string) => `callbacks#${account}`;
  return {
    async read(account) {
      const { Item } = await client.send(
        new GetCommand({ TableName, Key: keys.callbacks(account), ConsistentRead: true }),
      );
      if (Item === undefined) return EMPTY_CALLBACK_SET;
      const { version, sealed } = CallbacksItem.parse(Item);
      return { version, ...Sealed.parse(JSON.parse(await vault.open(sealed, ownerOf(account)))) };
    },

    async replace(account, { version, ...callbackSet }) {
      const sealed = await vault.seal(JSON.stringify(callbackSet), ownerOf(account));
      const isFirst = version === 1;
      const put = new PutCommand({
        TableName,
        Item: { ...keys.callbacks(account), version, sealed },
        ConditionExpression: isFirst ? "attribute_not_exists(pk)" : "version = :before",
        ...(!isFirst && { ExpressionAttributeValues: { ":before": version - 1 } }),
      });
      return !(await isRefused(client.send(put)));
    },

    async remove(account) {
      await client.send(new DeleteCommand({ TableName, Key: keys.callbacks(account) }));
    },
  };
}
