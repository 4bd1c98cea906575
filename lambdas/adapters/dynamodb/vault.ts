import { createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import { DecryptCommand, GenerateDataKeyCommand, type KMSClient } from "@aws-sdk/client-kms";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { NONCE_BYTES, open, seal } from "../../shared/sealing.ts";
import { keys, putUnlessThere, type Table } from "./table.ts";

/** Seals what must not lie in the table as it is. */
export interface Vault {
  /** @param owner what it belongs to, by id: it opens for no other */
  seal(text: string, owner: string): Promise<Uint8Array>;
  open(sealed: Uint8Array, owner: string): Promise<string>;
}

const DataKeyItem = z.object({ wrapped: z.instanceof(Uint8Array) });

/** What the key is for: KMS unwraps it for nothing else, and writes this into CloudTrail. */
export const KEY_PURPOSE = { purpose: "rappel-endpoints" };

/**
 * Seals with one data key of the deployment, which lies in the table, wrapped by a key of KMS that never leaves it. An
 * environment unwraps it once and keeps it: there is no call of KMS for a delivery.
 * @param keyId of the wrapping key: only whoever makes the data key needs it
 */
export function kmsVault(table: Table, kms: KMSClient, keyId?: string): Vault {
  let unwrapping: Promise<KeyObject> | undefined;

  async function readWrapped(): Promise<Uint8Array | undefined> {
    const { Item } = await table.client.send(
      new GetCommand({ TableName: table.name, Key: keys.dataKey(), ConsistentRead: true }),
    );
    return Item && DataKeyItem.parse(Item).wrapped;
  }

  /** Whoever comes second takes the first one's: two keys would each open half. */
  async function makeWrapped(): Promise<Uint8Array> {
    const { CiphertextBlob: wrapped } = await kms.send(
      new GenerateDataKeyCommand({ KeyId: keyId, KeySpec: "AES_256", EncryptionContext: KEY_PURPOSE }),
    );
    if (wrapped === undefined) throw new Error("KMS made no data key");
    const there = await putUnlessThere(table, {
      Item: { ...keys.dataKey(), wrapped },
      ConditionExpression: "attribute_not_exists(pk)",
    });
    return there === undefined ? wrapped : DataKeyItem.parse(there).wrapped;
  }

  async function unwrap(): Promise<KeyObject> {
    const wrapped = (await readWrapped()) ?? (await makeWrapped());
    const { Plaintext } = await kms.send(
      new DecryptCommand({ CiphertextBlob: wrapped, EncryptionContext: KEY_PURPOSE, ...(keyId && { KeyId: keyId }) }),
    );
    if (Plaintext === undefined) throw new Error("KMS unwrapped no data key");
    return createSecretKey(Plaintext);
  }

  function dataKey(): Promise<KeyObject> {
    unwrapping ??= unwrap().catch((error: unknown) => {
      unwrapping = undefined; // the next one tries again
      throw error;
    });
    return unwrapping;
  }

  return {
    seal: async (text, owner) => seal(await dataKey(), text, owner, randomBytes(NONCE_BYTES)),
    open: async (sealed, owner) => open(await dataKey(), sealed, owner),
  };
}
