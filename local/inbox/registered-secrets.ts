import { setTimeout as sleep } from "node:timers/promises";
import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { ENDPOINT_PREFIX, type Table } from "../../lambdas/adapters/dynamodb/table/table.ts";
import type { Endpoint } from "../../lambdas/endpoints/model/endpoint.ts";
import type { Endpoints } from "../../lambdas/ports/endpoints.ts";
import type { SecretsOf } from "./verify.ts";

/** The minimum time between two reads of the table, in ms. Ours: each is a full scan, because there is no index by URL. */
const READ_EVERY_MS = 500;
const Owned = z.object({ account: z.string() });

/**
 * Finds the secrets of all endpoints that are registered with an inbox's URL, in all accounts. It reads the table again
 * only if `isEnough` returns false for the secrets from the last read.
 */
export function registeredSecrets({ client, name }: Table, endpoints: Pick<Endpoints, "list">): SecretsOf {
  let known: Endpoint[] = [];
  let reading: Promise<void> | undefined;
  let readAt = 0;

  const read = async () => {
    await sleep(Math.max(0, readAt + READ_EVERY_MS - Date.now()));
    readAt = Date.now();
    const accounts = new Set<string>();
    let from: Record<string, unknown> | undefined;
    do {
      const page = await client.send(
        new ScanCommand({
          TableName: name,
          ConsistentRead: true,
          FilterExpression: "begins_with(sk, :prefix) AND begins_with(pk, :account)",
          ExpressionAttributeValues: { ":prefix": ENDPOINT_PREFIX, ":account": "ACCOUNT#" },
          ExclusiveStartKey: from,
        }),
      );
      for (const item of page.Items ?? []) accounts.add(Owned.parse(item).account);
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
    known = (await Promise.all([...accounts].map((account) => endpoints.list(account)))).flat();
  };
  const readOnce = () => {
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  };
  const of = (inbox: string) =>
    known
      .filter(({ url }) => URL.parse(url)?.pathname === `/inbox/${inbox}`)
      .flatMap(({ secrets, oldSecrets = [] }) => [...secrets, ...oldSecrets.map(({ secret }) => secret)]);

  return async (inbox, isEnough) => {
    const secrets = of(inbox);
    if (isEnough(secrets)) return secrets;
    await readOnce();
    return of(inbox);
  };
}
