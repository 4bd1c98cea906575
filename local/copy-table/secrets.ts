import { DecryptCommand, KMSServiceException } from "@aws-sdk/client-kms";
import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { keys } from "../../lambdas/adapters/dynamodb/table/table.ts";
import { KEY_PURPOSE, kmsVault } from "../../lambdas/adapters/dynamodb/vault.ts";
import type { TableLocation } from "../table-location.ts";
import { type Item, isEndpoint } from "./selection.ts";

/** Makes an item readable in the other table, if it has encrypted parts. */
export type Reseal = (item: Item) => Promise<Item>;

/** The table's wrapped data key, which encrypts its secrets. */
export async function readDataKey({ table: { client, name } }: TableLocation): Promise<Uint8Array | undefined> {
  const { Item } = await client.send(new GetCommand({ TableName: name, Key: keys.dataKey(), ConsistentRead: true }));
  const wrapped = Item?.["wrapped"];
  return wrapped instanceof Uint8Array ? wrapped : undefined;
}

/**
 * How encrypted parts get from one table to the other. Tables with the same data key, such as one and its restored copy,
 * take them as they are. Otherwise each part is decrypted and encrypted again: plain text is in memory only.
 * @param keyId the KMS key of the target's deployment; needed only if the target has no data key yet
 * @throws {Error} if a data key is missing, or KMS refuses it
 */
export async function resealBetween(source: TableLocation, target: TableLocation, keyId?: string): Promise<Reseal> {
  const [from, to] = [await readDataKey(source), await readDataKey(target)];
  if (from === undefined) return refuseSealed(source.table.name);
  if (to !== undefined && Buffer.compare(from, to) === 0) return async (item) => item;
  if (to === undefined) {
    if (keyId === undefined)
      throw new Error(
        `Cannot encrypt secrets for the table "${target.table.name}": it has no data key yet. Need --key: the sealing key's ARN or id, as the output Kept of the stage's state stack names it`,
      );
    if (await opensWith(keyId, from, target)) {
      await adopt(from, target);
      return async (item) => item;
    }
  }
  const [opening, sealing] = [kmsVault(source.table, source.kms), kmsVault(target.table, target.kms, keyId)];
  return async (item) => {
    if (!(item["sealed"] instanceof Uint8Array)) return item;
    const owner = ownerOf(item);
    return { ...item, sealed: await sealing.seal(await opening.open(item["sealed"], owner), owner) };
  };
}

/** Whether the KMS key of the target opens the source's data key, which can then be used there too. */
async function opensWith(keyId: string, wrapped: Uint8Array, { kms }: TableLocation): Promise<boolean> {
  try {
    await kms.send(new DecryptCommand({ KeyId: keyId, CiphertextBlob: wrapped, EncryptionContext: KEY_PURPOSE }));
    return true;
  } catch (error) {
    // Another key, of any account: KMS answers so in several ways. Without an answer nothing is known.
    if (error instanceof KMSServiceException && error.$fault === "client") return false;
    throw error;
  }
}

async function adopt(wrapped: Uint8Array, { table: { client, name } }: TableLocation): Promise<void> {
  const ConditionExpression = "attribute_not_exists(pk)";
  await client.send(new PutCommand({ TableName: name, Item: { ...keys.dataKey(), wrapped }, ConditionExpression }));
}

/** A table without a data key has no secrets. */
function refuseSealed(name: string): Reseal {
  return async (item) => {
    if (item["sealed"] !== undefined)
      throw new Error(`Cannot decrypt the secrets of ${item.sk} in the table "${name}": its data key is missing`);
    return item;
  };
}

/** Who the encrypted part belongs to, as the adapters of endpoints and callbacks seal it. */
function ownerOf({ pk, sk, id }: Item): string {
  if (isEndpoint(sk) && typeof id === "string") return id;
  if (sk === keys.callbacks("").sk) return `callbacks#${pk.slice(keys.callbacks("").pk.length)}`;
  throw new Error(`Cannot encrypt ${pk}, ${sk} again: this kind of item is not known to have secrets`);
}
