import {
  ACCOUNTS_PARTITION,
  DELETIONS_PARTITION,
  ENDPOINT_PREFIX,
  KEY_PREFIX,
  keys,
} from "../../lambdas/adapters/dynamodb/table/table.ts";

/** An item as the document client reads it. */
export type Item = Readonly<Record<string, unknown>> & { readonly pk: string; readonly sk: string };

/** What is copied. `configuration`: accounts, keys, callbacks, endpoints and their states, without events and backlogs. */
export const PARTS = ["all", "configuration"] as const;
export type Part = (typeof PARTS)[number];

/** What lives for minutes or a day. A copy would be out of date, and a copied session would open the console again. */
const SHORT_LIVED = /^(SESSION|IDEM|NAMED|PACE|ALLOWANCE)#/;
const DATA_KEY = keys.dataKey().pk;

/**
 * Whether an item is copied. Not its table's data key, which belongs to a KMS key, and not what has expired.
 * @param nowMs epoch ms
 */
export function isSelected({ pk, sk, expiresAt }: Item, part: Part, nowMs: number): boolean {
  if (pk === DATA_KEY || SHORT_LIVED.test(pk) || sk.startsWith("SESSION#")) return false;
  if (typeof expiresAt === "number" && expiresAt * 1_000 <= nowMs) return false;
  return part === "all" || isConfiguration(pk, sk);
}

function isConfiguration(pk: string, sk: string): boolean {
  if ([ACCOUNTS_PARTITION, DELETIONS_PARTITION].includes(pk)) return true;
  if (pk.startsWith(KEY_PREFIX) || pk.startsWith("STATE#") || pk === keys.ownedKey(undefined, "").pk) return true;
  return (
    pk.startsWith("ACCOUNT#") && (["ACCOUNT", "CALLBACKS"].includes(sk) || isEndpoint(sk) || sk.startsWith(KEY_PREFIX))
  );
}

/** Whether a sort key is an endpoint's. */
export function isEndpoint(sk: string): boolean {
  return sk.startsWith(ENDPOINT_PREFIX);
}
