import { createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { DecryptCommand, InvalidCiphertextException, type KMSClient } from "@aws-sdk/client-kms";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { type Connection, keys } from "../../../lambdas/adapters/dynamodb/table/table.ts";
import { KEY_PURPOSE } from "../../../lambdas/adapters/dynamodb/vault.ts";
import { NONCE_BYTES, open, seal } from "../../../lambdas/shared/sealing.ts";
import { listen } from "../../listen.ts";
import { unusable } from "./data-files.ts";
import type { Engine } from "./dynamodb.ts";

const KEY_BYTES = 32;
const KmsInput = z.object({
  KeyId: z.string().optional(),
  CiphertextBlob: z.base64().optional(),
  KeySpec: z.literal("AES_256").optional(),
  EncryptionContext: z.record(z.string(), z.string()).default({}),
});
type KmsInput = z.infer<typeof KmsInput>;
const Wrapped = z.object({ keyId: z.string(), sealed: z.string() });

/**
 * Starts a small KMS emulator on a free port of 127.0.0.1. It creates data keys and decrypts them with the same
 * encryption context. Any key id is accepted: on this machine only the templates refer to keys.
 * @param file where its master key is stored, readable only by its owner; without it, the key is in memory
 * @throws {Error} if the file is no key
 */
export async function startKms(file?: string): Promise<Engine> {
  const master = masterKey(file);
  const operations: Record<string, (input: KmsInput) => object> = {
    GenerateDataKey: ({ KeyId: keyId = "", EncryptionContext }) => {
      const plain = randomBytes(KEY_BYTES).toString("base64");
      const sealed = Buffer.from(
        seal(master, plain, associatedData(keyId, EncryptionContext), randomBytes(NONCE_BYTES)),
      );
      const blob = Buffer.from(JSON.stringify({ keyId, sealed: sealed.toString("base64") })).toString("base64");
      return { KeyId: keyId, Plaintext: plain, CiphertextBlob: blob };
    },
    Decrypt: ({ KeyId, CiphertextBlob = "", EncryptionContext }) => {
      const { keyId, sealed } = Wrapped.parse(JSON.parse(Buffer.from(CiphertextBlob, "base64").toString()));
      if (KeyId !== undefined && KeyId !== keyId) throw new Refusal("IncorrectKeyException");
      return {
        KeyId: keyId,
        Plaintext: open(master, Buffer.from(sealed, "base64"), associatedData(keyId, EncryptionContext)),
      };
    },
  };

  async function answer(request: IncomingMessage): Promise<object> {
    const operation = operations[String(request.headers["x-amz-target"]).replace("TrentService.", "")];
    if (operation === undefined) throw new Refusal("UnknownOperationException");
    const input = KmsInput.parse(JSON.parse(await text(request)));
    try {
      return operation(input);
    } catch (error) {
      throw error instanceof Refusal ? error : new Refusal("InvalidCiphertextException");
    }
  }

  const server = createServer(async (request, response) => {
    const [status, body] = await answer(request).then(
      (output) => [200, output],
      (error: unknown) => [400, { __type: error instanceof Refusal ? error.name : "ValidationException" }],
    );
    response.writeHead(Number(status), { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(body));
  });
  return listen(server);
}

/**
 * Checks that the master key opens the table's data key, if it has one.
 * @param file where the master key is stored, for the error
 * @throws {Error} if it does not; the message is one sentence
 */
export async function checkMasterKey({ client, name }: Connection, kms: KMSClient, file: string): Promise<void> {
  const { Item } = await client.send(new GetCommand({ TableName: name, Key: keys.dataKey() }));
  if (Item === undefined) return;
  try {
    await kms.send(new DecryptCommand({ CiphertextBlob: Item["wrapped"], EncryptionContext: KEY_PURPOSE }));
  } catch (error) {
    if (error instanceof InvalidCiphertextException)
      throw unusable(file, "is the key of other data, and does not open the secrets of this table");
    throw error;
  }
}

/** An error in AWS's format. */
class Refusal extends Error {
  override readonly name: string;
  constructor(name: string) {
    super(name);
    this.name = name;
  }
}

function masterKey(file?: string): KeyObject {
  if (file !== undefined && existsSync(file)) {
    const stored = readFileSync(file);
    if (stored.length !== KEY_BYTES)
      throw unusable(file, `is damaged (it has ${stored.length} bytes, and should have ${KEY_BYTES})`);
    chmodSync(file, 0o600);
    return createSecretKey(stored);
  }
  const key = randomBytes(KEY_BYTES);
  if (file !== undefined) {
    // Renamed when it is complete, so that a crash leaves no part of a key.
    writeFileSync(`${file}.part`, key, { mode: 0o600 });
    renameSync(`${file}.part`, file);
  }
  return createSecretKey(key);
}

function associatedData(keyId: string, context: Readonly<Record<string, string>>): string {
  return JSON.stringify([keyId, Object.entries(context).sort()]);
}
