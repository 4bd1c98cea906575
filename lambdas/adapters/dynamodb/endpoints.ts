import { DeleteCommand, GetCommand, PutCommand, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import type { Endpoint } from "../../endpoints/model/endpoint.ts";
import { PRESETS } from "../../endpoints/model/preset.ts";
import { SUCCESS_RULES } from "../../endpoints/model/success-rule.ts";
import { ENCODINGS, FORMATS } from "../../payload/formats.ts";
import type { Endpoints } from "../../ports/endpoints.ts";
import { ENDPOINT_PREFIX, endpointStatusKeys, isRefused, keys, readItems, type Table } from "./table/table.ts";
import type { Vault } from "./vault.ts";

const EndpointItem = z.object({
  id: z.string(),
  account: z.string(),
  url: z.string(),
  description: z.string(),
  eventTypes: z.array(z.string()),
  // Endpoints registered before presets, encodings and groups existed have none.
  preset: z.enum(PRESETS).default("standard"),
  format: z.enum(FORMATS),
  encoding: z.enum(ENCODINGS).default("json"),
  success: z.enum(SUCCESS_RULES),
  group: z.object({ maxEvents: z.number(), maxBytes: z.number(), windowMs: z.number() }).exactOptional(),
  backupOf: z.array(z.string()).exactOptional(),
  retrySchedule: z.union([z.enum(PRESETS), z.array(z.object({ times: z.number(), everyMs: z.number() }))]),
  timeoutMs: z.number(),
  releaseRate: z.number(),
  rateLimit: z.number().exactOptional(),
  metadata: z.record(z.string(), z.string()),
  sealed: z.instanceof(Uint8Array),
  managedBy: z.literal("callbacks").exactOptional(),
  createdAt: z.number(),
  updatedAt: z.number(),
  movedAt: z.number().exactOptional(),
  removedAt: z.number().exactOptional(),
  version: z.number(),
});
/** The encrypted part of an item: secrets that only the receiver may see. */
const Sealed = z.object({
  userinfo: z.object({ user: z.string(), password: z.string() }).exactOptional(),
  headers: z.record(z.string(), z.string()),
  secrets: z.array(z.string()).min(1),
  oldSecrets: z.array(z.object({ secret: z.string(), until: z.number() })).exactOptional(),
});

const isThere = ({ removedAt }: Endpoint) => removedAt === undefined;

export function dynamoEndpoints({ client, name }: Table, vault: Vault): Endpoints {
  async function parse(item: unknown): Promise<Endpoint> {
    const { sealed, ...plain } = EndpointItem.parse(item);
    return { ...plain, ...Sealed.parse(JSON.parse(await vault.open(sealed, plain.id))) };
  }
  async function itemOf({ userinfo, headers, secrets, oldSecrets, ...plain }: Endpoint) {
    const sealed = await vault.seal(JSON.stringify({ userinfo, headers, secrets, oldSecrets }), plain.id);
    return { ...keys.endpoint(plain.account, plain.id), ...plain, sealed };
  }
  const putNew = (Item: Record<string, unknown>) =>
    isRefused(client.send(new PutCommand({ TableName: name, Item, ConditionExpression: "attribute_not_exists(pk)" })));
  const moveRevision = (account: string) =>
    client.send(
      new UpdateCommand({
        TableName: name,
        Key: keys.account(account),
        UpdateExpression: "ADD revision :one",
        ExpressionAttributeValues: { ":one": 1 },
      }),
    );

  async function listAll(account: string): Promise<Endpoint[]> {
    const found: Endpoint[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: name,
          ConsistentRead: true,
          KeyConditionExpression: "pk = :pk AND begins_with(sk, :prefix)",
          ExpressionAttributeValues: { ":pk": keys.account(account).pk, ":prefix": ENDPOINT_PREFIX },
          ExclusiveStartKey: from,
        }),
      );
      found.push(...(await Promise.all((page.Items ?? []).map(parse))));
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
    return found;
  }

  return {
    list: async (account) => (await listAll(account)).filter(isThere),
    async page(account, { before, limit }) {
      const read = await client.send(
        new QueryCommand({
          TableName: name,
          ConsistentRead: true,
          ScanIndexForward: false,
          Limit: limit,
          KeyConditionExpression: "pk = :pk AND begins_with(sk, :prefix)",
          ExpressionAttributeValues: { ":pk": keys.account(account).pk, ":prefix": ENDPOINT_PREFIX },
          ...(before !== undefined && { ExclusiveStartKey: keys.endpoint(account, before) }),
        }),
      );
      const items = (await Promise.all((read.Items ?? []).map(parse))).filter(isThere);
      const last = read.LastEvaluatedKey?.["sk"];
      return { items, ...(typeof last === "string" && { next: last.slice(ENDPOINT_PREFIX.length) }) };
    },
    listRemoved: async (account) => (await listAll(account)).filter(({ removedAt }) => removedAt !== undefined),

    async find(account, id) {
      const { Item } = await client.send(
        new GetCommand({ TableName: name, Key: keys.endpoint(account, id), ConsistentRead: true }),
      );
      const endpoint = Item === undefined ? undefined : await parse(Item);
      return endpoint?.removedAt === undefined ? endpoint : undefined;
    },

    async findAll(wanted) {
      const items = await readItems(
        { client, name },
        wanted.map(({ account, id }) => keys.endpoint(account, id)),
      );
      const found = new Map((await Promise.all(items.map(parse))).map((endpoint) => [endpoint.id, endpoint]));
      return wanted.flatMap(({ account, id }) => {
        const endpoint = found.get(id);
        return endpoint?.account === account && isThere(endpoint) ? [endpoint] : [];
      });
    },

    async add(endpoint, state) {
      // The state first, so that an existing endpoint always has one.
      await putNew({ ...keys.state(endpoint.id), ...state, ...endpointStatusKeys(state.status, endpoint.id) });
      await putNew(await itemOf(endpoint));
      await moveRevision(endpoint.account);
    },

    async replace(endpoint) {
      const put = new PutCommand({
        TableName: name,
        Item: await itemOf(endpoint),
        ConditionExpression: "version = :before",
        ExpressionAttributeValues: { ":before": endpoint.version - 1 },
      });
      if (await isRefused(client.send(put))) return "changed meanwhile";
      await moveRevision(endpoint.account);
      return "replaced";
    },

    async remove(account, id) {
      await client.send(new DeleteCommand({ TableName: name, Key: keys.endpoint(account, id) }));
      await moveRevision(account);
    },
  };
}
