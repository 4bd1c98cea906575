import { setTimeout as sleep } from "node:timers/promises";
import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { ENDPOINT_PREFIX, type Table } from "../../lambdas/aws/table.ts";
import type { SecretsOf } from "./verify.ts";

/** How often the table is read at most, in ms. Ours: it is read whole, for it has no index by url. */
const READ_EVERY_MS = 500;
const Registered = z.object({
  url: z.string(),
  secrets: z.array(z.string()),
  oldSecrets: z.array(z.object({ secret: z.string() })).default([]),
});

/**
 * Finds the secrets of the endpoints registered at an inbox, whatever their account: the inbox is the one place on this
 * machine that may know them all. What is known is used while `isEnough` is content with it, else the table is read again.
 */
export function registeredSecrets({ client, name }: Table): SecretsOf {
  let known: z.infer<typeof Registered>[] = [];
  let reading: Promise<void> | undefined;
  let readAt = 0;

  const read = async () => {
    await sleep(Math.max(0, readAt + READ_EVERY_MS - Date.now()));
    readAt = Date.now();
    const found: z.infer<typeof Registered>[] = [];
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
      found.push(...(page.Items ?? []).map((item) => Registered.parse(item)));
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
    known = found;
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
      .flatMap(({ secrets, oldSecrets }) => [...secrets, ...oldSecrets.map(({ secret }) => secret)]);

  return async (inbox, isEnough) => {
    const secrets = of(inbox);
    if (isEnough(secrets)) return secrets;
    await readOnce();
    return of(inbox);
  };
}
