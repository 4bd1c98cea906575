import { createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import { DecryptCommand, GenerateDataKeyCommand, type KMSClient } from "@aws-sdk/client-kms";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { NONCE_BYTES, open, seal } from "../../shared/sealing.ts";
import { keys, putUnlessThere, type Table } from "./table/table.ts";

/** Encrypts secrets for the table. */
export interface Vault {
  /** @param owner the id of the item the text belongs to; it must be the same to open the text */
  seal(text: string, owner: string): Promise<Uint8Array>;
  open(sealed: Uint8Array, owner: string): Promise<string>;
}

const DataKeyItem = z.object({ wrapped: z.instanceof(Uint8Array) });

/** The encryption context: KMS unwraps the data key only with it, and logs it in CloudTrail. */
export const KEY_PURPOSE = { purpose: "rappel-endpoints" };

/**
 * Encrypts with the deployment's data key, which is stored in the table, wrapped by a KMS key. Each Lambda environment
 * unwraps it once and keeps it, so a delivery makes no KMS call.
 * @param keyId the KMS key, only needed to create the data key
 */
export function kmsVault(table: Table, kms: KMSClient, keyId?: string): Vault {
  let unwrapping: Promise<KeyObject> | undefined;

  async function readWrapped(): Promise<Uint8Array | undefined> {
    const { Item } = await table.client.send(
      new GetCommand({ TableName: table.name, Key: keys.dataKey(), ConsistentRead: true }),
    );
    return Item && DataKeyItem.parse(Item).wrapped;
  }

  /** If two functions create it at the same moment, both use the first one. */
  async function makeWrapped(): Promise<Uint8Array> {
    const { CiphertextBlob: wrapped } = await kms.send(
      new GenerateDataKeyCommand({ KeyId: keyId, KeySpec: "AES_256", EncryptionContext: KEY_PURPOSE }),
    );
    if (wrapped === undefined) throw new Error("KMS returned no data key");
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
    if (Plaintext === undefined) throw new Error("KMS did not unwrap the data key");
    return createSecretKey(Plaintext);
  }

  function dataKey(): Promise<KeyObject> {
    unwrapping ??= unwrap().catch((error: unknown) => {
      unwrapping = undefined; // the next call tries again
      throw error;
    });
    return unwrapping;
  }

  return {
    seal: async (text, owner) => seal(await dataKey(), text, owner, randomBytes(NONCE_BYTES)),
    open: async (sealed, owner) => open(await dataKey(), sealed, owner),
  };
}
