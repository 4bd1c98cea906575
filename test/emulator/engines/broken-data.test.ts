import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { DecryptCommand, GenerateDataKeyCommand } from "@aws-sdk/client-kms";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { KEY_PURPOSE } from "../../../lambdas/adapters/dynamodb/vault.ts";
import { dynamodbClient, kmsClient } from "../../../local/emulator/engines/aws-clients.ts";
import { checkDataFiles, dataFiles } from "../../../local/emulator/engines/data-files.ts";
import { takeDataFolder } from "../../../local/emulator/engines/data-lock.ts";
import { startDynamodb } from "../../../local/emulator/engines/dynamodb.ts";
import { checkMasterKey, startKms } from "../../../local/emulator/engines/kms.ts";
import { startSqs } from "../../../local/emulator/engines/sqs.ts";
import { diskHealth } from "../../../local/emulator/gateway/disk-health.ts";
import { listen } from "../../../local/listen.ts";

const parent = mkdtempSync(join(tmpdir(), "rappel-broken-"));
afterAll(() => rmSync(parent, { recursive: true }));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(parent, "data-"));
  for (const name of ["sqs", "scheduler"]) mkdirSync(join(folder, name));
});
const WAYS_OUT = "Restore the data folder from a backup, or start without its data";

/** A database with some pages. */
function writeDatabase(path: string): void {
  const database = new DatabaseSync(path);
  database.exec("CREATE TABLE t (a TEXT); CREATE INDEX i ON t (a)");
  const insert = database.prepare("INSERT INTO t VALUES (?)");
  for (let n = 0; n < 500; n += 1) insert.run(`${n}`.repeat(50));
  database.close();
}

describe("a data folder that cannot be used", () => {
  it.each(["dynamodb.sqlite", "sqs/fauxqs.db", "scheduler/scheduler.sqlite"])(
    "a damaged %s is named, with the ways out",
    (name) => {
      const path = join(folder, name);
      writeFileSync(join(folder, "kms.key"), Buffer.alloc(32));
      writeDatabase(path);
      expect(() => checkDataFiles(dataFiles(folder))).not.toThrow();
      const whole = readFileSync(path);
      const damages = [
        Buffer.from("no database".repeat(1_000)),
        whole.subarray(0, whole.length / 2),
        Buffer.concat([whole.subarray(0, 4_096), Buffer.alloc(whole.length - 4_096, 7)]),
      ];
      for (const damaged of damages) {
        writeFileSync(path, damaged);
        expect(() => checkDataFiles(dataFiles(folder))).toThrow(`Cannot start: ${path} is damaged (`);
        expect(() => checkDataFiles(dataFiles(folder))).toThrow(WAYS_OUT);
      }
    },
  );

  it("an SQS database that cannot be opened ends the start with a sentence", async () => {
    writeFileSync(join(folder, "sqs/fauxqs.db"), "no database".repeat(1_000));
    await expect(startSqs(join(folder, "sqs"))).rejects.toThrow(
      "Cannot start: The SQS engine ended (file is not a database).",
    );
  });

  it("a lost or damaged kms.key is named, and no other key takes its place", async () => {
    const { kmsKey } = dataFiles(folder);
    expect(() => checkDataFiles(dataFiles(folder))).not.toThrow(); // a first start
    writeDatabase(join(folder, "dynamodb.sqlite"));
    expect(() => checkDataFiles(dataFiles(folder))).toThrow(
      `Cannot start: ${kmsKey} is lost, and only it opens the secrets. ${WAYS_OUT}`,
    );
    writeFileSync(kmsKey, "short");
    await expect(startKms(kmsKey)).rejects.toThrow(
      `Cannot start: ${kmsKey} is damaged (it has 5 bytes, and should have 32). ${WAYS_OUT}`,
    );
    expect(readFileSync(kmsKey, "utf8")).toBe("short");
  });

  it("a kms.key of other data is named", async () => {
    const [own, other] = [join(folder, "kms.key"), join(folder, "other.key")];
    const [engine, wrongEngine] = [await startKms(own), await startKms(other)];
    const clientOf = (kms: string) => kmsClient({ dynamodb: "", sqs: "", kms });
    const [kms, wrong] = [clientOf(engine.url), clientOf(wrongEngine.url)];
    const { CiphertextBlob: wrapped } = await kms.send(
      new GenerateDataKeyCommand({ KeyId: "k", KeySpec: "AES_256", EncryptionContext: KEY_PURPOSE }),
    );
    await kms.send(new DecryptCommand({ CiphertextBlob: wrapped, EncryptionContext: KEY_PURPOSE }));
    // Answers every read with this data key.
    const body = JSON.stringify({ Item: { wrapped: { B: Buffer.from(wrapped ?? []).toString("base64") } } });
    const store = await listen(createServer((_request, response) => response.end(body)));
    const client = DynamoDBDocumentClient.from(dynamodbClient({ dynamodb: store.url, sqs: "" }));
    await checkMasterKey({ client, name: "t" }, kms, own);
    await expect(checkMasterKey({ client, name: "t" }, wrong, other)).rejects.toThrow(
      `Cannot start: ${other} is the key of other data, and does not open the secrets of this table. ${WAYS_OUT}`,
    );
    for (const { stop } of [engine, wrongEngine, store]) await stop();
  });

  it("a data folder that is a file is named, and a damaged lock is not taken for another process", () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    for (const path of [file, join(file, "inside")])
      expect(() => takeDataFolder(path)).toThrow(`Cannot start: the data folder ${path} is a file, or is inside one.`);
    copyFileSync(new URL(import.meta.url), join(folder, "lock.sqlite"));
    expect(() => takeDataFolder(folder)).toThrow(
      `Cannot start: ${join(folder, "lock.sqlite")} is damaged. It holds no data: delete it and start again.`,
    );
  });
});

describe("a service whose disk or engine fails", () => {
  it("GET /health says that the disk is full or cannot be written, and other requests are not affected", async () => {
    let free = 16 * 1024 * 1024;
    let data = folder;
    const server = createServer((request, response) => {
      if (!diskHealth(data, () => free)(request, response)) response.end("from the functions");
    });
    const { url, stop } = await listen(server);
    const health = async (path = "/health") => {
      const answer = await fetch(url + path);
      return [answer.status, await answer.text()];
    };
    expect(await health()).toEqual([200, "from the functions"]);
    free -= 1;
    expect(await health()).toEqual([503, expect.stringContaining('"code":"STORE_UNAVAILABLE"')]);
    expect((await health("/health?x"))[1]).toContain("The disk of the data folder is full: 16.0 MiB are free");
    expect(await health("/v1/events")).toEqual([200, "from the functions"]);
    free = Number.POSITIVE_INFINITY;
    data = join(folder, "missing");
    expect((await health())[1]).toContain("The data folder cannot be written (ENOENT)");
    await stop();
    expect(readdirSync(folder).sort()).toEqual(["scheduler", "sqs"]);
  });

  it("a DynamoDB engine that is killed is reported with a sentence, and one that is stopped is not", async () => {
    const path = join(folder, "dynamodb.sqlite");
    const engine = await startDynamodb(path);
    process.kill(pidOf(path), "SIGKILL");
    expect((await engine.failed)?.message).toMatch(/^The DynamoDB engine ended \(exit code 137(: Killed)?\)\.$/);
    await engine.stop();

    const stopped = await startDynamodb(path);
    let hasFailed = false;
    void stopped.failed?.then(() => {
      hasFailed = true;
    });
    await stopped.stop();
    expect(hasFailed).toBe(false);
  });
});

/** The process of the engine with this database, not the shell that starts it. */
function pidOf(path: string): number {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const found = pids.find((pid) => {
    try {
      const args = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      return args[0]?.endsWith("/dynoxide") && args.includes(path);
    } catch {
      return false; // it has ended
    }
  });
  if (found === undefined) throw new Error("The engine does not run");
  return Number(found);
}
