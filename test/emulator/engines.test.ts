import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createConnection } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { dynamodbClient, sqsClient } from "../../local/emulator/engines/aws-clients.ts";
import { takeDataFolder } from "../../local/emulator/engines/data-lock.ts";
import { startDynamodb } from "../../local/emulator/engines/dynamodb.ts";
import { startSqs } from "../../local/emulator/engines/sqs.ts";

const Urls = z.object({ dynamodb: z.url(), sqs: z.url() });
const folder = mkdtempSync(join(tmpdir(), "rappel-engines-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function startChild() {
  const script = fileURLToPath(new URL("../support/start-engines.ts", import.meta.url));
  const child = spawn(process.execPath, [script, folder], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(child.stdout, "data");
  return { child, urls: Urls.parse(JSON.parse(String(line))) };
}

function connects(url: string, host = "127.0.0.1"): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port: Number(new URL(url).port) });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

describe("the local engines", () => {
  let killed: Awaited<ReturnType<typeof startChild>>;
  beforeAll(async () => {
    killed = await startChild();
  });

  it("the engines listen on this machine only", async () => {
    const outward = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .find(({ internal, family }) => !internal && family === "IPv4");
    for (const url of Object.values(killed.urls)) {
      expect(await connects(url)).toBe(true);
      if (outward) expect(await connects(url, outward.address)).toBe(false);
    }
  });

  it("a second start with the same data folder is refused", () => {
    expect(() => takeDataFolder(folder)).toThrow("another Rappel process uses the data folder");
  });

  it("the engines end with a killed process, and have all data after a restart", async () => {
    killed.child.kill("SIGKILL");
    await once(killed.child, "exit");
    const until = Date.now() + 120_000;
    while ((await connects(killed.urls.dynamodb)) && Date.now() < until) await sleep(20);
    expect(await connects(killed.urls.dynamodb)).toBe(false);
    expect(await connects(killed.urls.sqs)).toBe(false);

    const giveBack = takeDataFolder(folder);
    const [dynamodb, sqs] = await Promise.all([startDynamodb(`${folder}/dynamodb.sqlite`), startSqs(`${folder}/sqs`)]);
    const urls = { dynamodb: dynamodb.url, sqs: sqs.url };
    const [tables, queues] = [dynamodbClient(urls), sqsClient(urls)];
    const key = { pk: { S: "kept" } };
    const { Item } = await tables.send(new GetItemCommand({ TableName: "small-Table", Key: key }));
    expect(Item).toEqual(key);

    const QueueUrl = `${sqs.url}/000000000000/small-Queue`;
    const bodies: string[] = [];
    const receive = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 5 });
    while (bodies.length < 20) {
      const { Messages = [] } = await queues.send(receive);
      if (Messages.length === 0) break;
      bodies.push(...Messages.map(({ Body }) => Body ?? ""));
    }
    expect(bodies.sort((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 20 }, (_, at) => String(at)));
    await Promise.all([dynamodb.stop(), sqs.stop()]);
    giveBack();
  });
});
