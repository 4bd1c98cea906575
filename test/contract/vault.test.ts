import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DecryptCommand, GenerateDataKeyCommand, type KMSClient } from "@aws-sdk/client-kms";
import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dynamoEndpoints } from "../../lambdas/adapters/dynamodb/endpoints.ts";
import { openTable, type Table } from "../../lambdas/adapters/dynamodb/table/table.ts";
import { kmsVault } from "../../lambdas/adapters/dynamodb/vault.ts";
import { newState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import { dynamodbClient, kmsClient } from "../../local/emulator/engines/aws-clients.ts";
import { startDynamodb } from "../../local/emulator/engines/dynamodb.ts";
import { startKms } from "../../local/emulator/engines/kms.ts";
import { endpointWith } from "../support/examples.ts";
import { createTable } from "./table.ts";

const KEY = "arn:aws:kms:us-east-1:000000000000:key/one";
const stops: (() => unknown)[] = [];
let kms: KMSClient;
let [dynamodbUrl, kmsUrl] = ["", ""];
/** The commands that KMS received, in order. */
const commands: string[] = [];

beforeAll(async () => {
  const [dynamodb, engine] = await Promise.all([startDynamodb(), startKms()]);
  stops.push(dynamodb.stop, engine.stop);
  [dynamodbUrl, kmsUrl] = [dynamodb.url, engine.url];
  kms = kmsClient({ dynamodb: "", sqs: "", kms: engine.url });
  kms.middlewareStack.add(
    (next, { commandName = "" }) =>
      (args) => {
        commands.push(commandName);
        return next(args);
      },
    { step: "initialize" },
  );
});
afterAll(() => Promise.all(stops.map((stop) => stop())));

async function newTable(): Promise<Table> {
  const client = dynamodbClient({ dynamodb: dynamodbUrl, sqs: "" });
  const name = `vault-${randomUUID()}`;
  await createTable(client, name);
  return openTable(name, client);
}

describe("the vault", () => {
  it("the vault calls KMS once for all texts that it seals and opens", async () => {
    const vault = kmsVault(await newTable(), kms, KEY);
    commands.length = 0;
    const sealed = await Promise.all(Array.from({ length: 20 }, (_, n) => vault.seal(`text ${n}`, `ep_${n}`)));
    const opened = await Promise.all(sealed.map((text, n) => vault.open(text, `ep_${n}`)));
    expect(opened).toEqual(Array.from({ length: 20 }, (_, n) => `text ${n}`));
    expect(commands).toEqual(["GenerateDataKeyCommand", "DecryptCommand"]);
  });

  it("the vault opens what other environments have sealed, also with concurrently created keys", async () => {
    const table = await newTable();
    const environments = Array.from({ length: 8 }, () => kmsVault(table, kms, KEY));
    const sealed = await Promise.all(environments.map((vault, n) => vault.seal(`by ${n}`, "ep_1")));
    for (const vault of [...environments, kmsVault(table, kms, KEY)])
      expect(await Promise.all(sealed.map((text) => vault.open(text, "ep_1")))).toEqual(
        sealed.map((_, n) => `by ${n}`),
      );
  });

  it("the vault works again after a KMS failure", async () => {
    const table = await newTable();
    const sealed = await kmsVault(table, kms, KEY).seal("text", "ep_1");
    let isDown = true;
    const flaky = kmsClient({ dynamodb: "", sqs: "", kms: kmsUrl });
    flaky.middlewareStack.add((next) => (args) => (isDown ? Promise.reject(new Error("KMS is down")) : next(args)), {
      step: "initialize",
    });
    const vault = kmsVault(table, flaky, KEY);
    await expect(vault.open(sealed, "ep_1")).rejects.toThrow("KMS is down");
    isDown = false;
    expect(await vault.open(sealed, "ep_1")).toBe("text");
  });
});

describe("a stored endpoint", () => {
  it("a stored endpoint shows no secrets, header values or credentials, and is read as it was written", async () => {
    const table = await newTable();
    const endpoints = dynamoEndpoints(table, kmsVault(table, kms, KEY));
    const endpoint = endpointWith({
      userinfo: { user: "ada-user", password: "pass-word-1" },
      headers: { "X-Token": "header-word-2" },
      oldSecrets: [{ secret: "whsec_old-word-3", until: 9 }],
    });
    await endpoints.add(endpoint, newState(endpoint.id, endpoint.account, 1));
    await endpoints.replace({ ...endpoint, version: 2 });
    expect(await endpoints.find(endpoint.account, endpoint.id)).toEqual({ ...endpoint, version: 2 });
    const { Items = [] } = await table.client.send(new ScanCommand({ TableName: table.name }));
    const stored = Items.flatMap((item) => Object.values(item)).map((value) =>
      value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : JSON.stringify(value),
    );
    for (const secret of ["ada-user", "pass-word-1", "header-word-2", "old-word-3", ...endpoint.secrets])
      expect(stored.join("\n")).not.toContain(secret);
    expect(stored.join("\n")).toContain(endpoint.url);
  });

  it("an endpoint cannot be read with another endpoint's sealed part", async () => {
    const table = await newTable();
    const vault = kmsVault(table, kms, KEY);
    const endpoints = dynamoEndpoints(table, {
      ...vault,
      seal: (text) => vault.seal(text, "ep_another"),
    });
    const endpoint = endpointWith({});
    await endpoints.add(endpoint, newState(endpoint.id, endpoint.account, 1));
    await expect(endpoints.find(endpoint.account, endpoint.id)).rejects.toThrow(`secrets of ${endpoint.id}`);
  });
});

describe("the local KMS", () => {
  const context = { purpose: "test" };
  const wrap = async (client: KMSClient) =>
    client.send(new GenerateDataKeyCommand({ KeyId: KEY, KeySpec: "AES_256", EncryptionContext: context }));

  it("the local KMS decrypts a data key only with its own context and key", async () => {
    const { CiphertextBlob, Plaintext } = await wrap(kms);
    const decrypt = (more: object) =>
      kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: context, ...more }));
    expect((await decrypt({})).Plaintext).toEqual(Plaintext);
    await expect(decrypt({ EncryptionContext: {} })).rejects.toMatchObject({ name: "InvalidCiphertextException" });
    await expect(decrypt({ KeyId: "another" })).rejects.toMatchObject({ name: "IncorrectKeyException" });
    await expect(decrypt({ CiphertextBlob: randomBytes(60) })).rejects.toMatchObject({
      name: "InvalidCiphertextException",
    });
  });

  it("the local KMS decrypts after a restart, and its key file is private", async () => {
    const folder = mkdtempSync(join(tmpdir(), "rappel-kms-"));
    const file = join(folder, "kms.key");
    const run = async <T>(act: (client: KMSClient) => Promise<T>) => {
      const engine = await startKms(file);
      return act(kmsClient({ dynamodb: "", sqs: "", kms: engine.url })).finally(engine.stop);
    };
    const { CiphertextBlob, Plaintext } = await run(wrap);
    const again = await run((client) =>
      client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: context })),
    );
    expect(again.Plaintext).toEqual(Plaintext);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    rmSync(folder, { recursive: true });
  });
});
