import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ListQueuesCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { sqsClient } from "../../local/emulator/engines/aws-clients.ts";
import { Post } from "../../local/inbox/post.ts";

const Url = z.string();
const Run = z.object({ engines: z.object({ dynamodb: Url, sqs: Url, scheduler: Url, kms: Url }) });
const START = fileURLToPath(new URL("../../bin/start.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "rappel-start-"));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** Runs `npm start` and reads its output until it is ready or has ended. */
async function start(...flags: string[]) {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", START, ...flags], {
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" },
  });
  children.push(child);
  const exited = once(child, "exit");
  let said = "";
  await new Promise<void>((resolve) => {
    const hear = (bytes: Buffer) => {
      said += bytes.toString();
      if (said.includes("Ctrl-C stops it.")) resolve();
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("close", () => resolve());
  });
  const url = /^API +(\S+)/m.exec(said)?.[1] ?? "";
  return { child, said, heard: () => said, url, key: /^Key +(\S+)/m.exec(said)?.[1], exited };
}

const paste = async (line: string) => (await promisify(execFile)("sh", ["-c", line])).stdout;
const inboxOf = async (url: string) =>
  z.object({ data: z.array(Post) }).parse(await (await fetch(`${url}/inbox/demo`)).json()).data;

describe("npm start", () => {
  let first: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    first = await start("--port", "0", "--data-dir", folder);
  });

  it("npm start prints three commands that work when pasted, and the event arrives byte for byte", async () => {
    const lines = first.said.split("\n").filter((line) => line.startsWith("curl "));
    expect(lines).toHaveLength(3);
    // Pasted all at once right after the start, so nothing is warmed up.
    const [registered, sent, looked] = (await paste(lines.join("\n"))).trim().split("\n");
    expect([registered, sent]).toEqual([expect.stringContaining('"id":"ep_'), expect.stringContaining('"id":"evt_')]);
    const [post] = z.object({ data: z.array(Post) }).parse(JSON.parse(looked ?? "")).data;
    expect(post).toMatchObject({ isVerified: true, attempt: 1 });
    expect(post?.body).toContain('"data":{"email":"ada@example.com","MessageID":19421777396190491}}');
  });

  it("npm start writes its address to the data folder, and does not print the key again", () => {
    const run = JSON.parse(readFileSync(join(folder, "run.json"), "utf8"));
    expect(run).toMatchObject({ pid: first.child.pid, url: first.url, tableName: expect.any(String) });
    expect(statSync(join(folder, "key.json")).mode & 0o777).toBe(0o600);
  });

  it("npm start reports that the data folder is in use", async () => {
    const second = await start("--port", "0", "--data-dir", folder);
    expect(second.said).toContain("another Rappel process uses the data folder");
    expect(await second.exited).toEqual([1, null]);
  });

  it("npm start has all data again after kill -9, and reports what is in a dead-letter queue", async () => {
    const { engines } = Run.parse(JSON.parse(readFileSync(join(folder, "run.json"), "utf8")));
    const sqs = sqsClient(engines);
    const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
    const QueueUrl = QueueUrls.find((url) => url.includes("EventsDeadLetters"));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "malformed" }));
    sqs.destroy();
    expect(first.said).not.toContain("DeadLetters");
    first.child.kill("SIGKILL");
    await first.exited;
    const again = await start("--port", "0", "--data-dir", folder);
    expect(again.key).toBe(first.key);
    expect(again.said).toMatch(/EventsDeadLetters\w* holds 1 message that failed for long or cannot be decoded/);
    expect(await inboxOf(again.url)).toHaveLength(1);
    const events = await fetch(`${again.url}/v1/events`, {
      headers: { authorization: `Basic ${Buffer.from(again.key ?? "").toString("base64")}` },
    });
    expect(await events.json()).toMatchObject({ data: [{ type: "email.delivered" }] });

    again.child.kill("SIGTERM");
    expect(await again.exited).toEqual([0, null]);
    expect(existsSync(join(folder, "run.json"))).toBe(false);
  });

  it("npm start reports that the port is in use", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const refused = await start("--memory", "--data-dir", join(folder, "other"), "--port", String(port));
    expect(refused.said).toContain(`Cannot start: port ${port} is in use`);
    expect(await refused.exited).toEqual([1, null]);
    server.close();
  });

  it("npm start names the default schedule of the run, and endpoints without a schedule get it", async () => {
    const flags = ["--retry-schedule", "10x1s,10x3s", "--memory", "--port", "0", "--data-dir", join(folder, "other")];
    const { child, said, url, key = "" } = await start(...flags);
    expect(said).toContain("Schedule   10x1s,10x3s for endpoints without a retrySchedule (--retry-schedule)");
    const registered = await fetch(`${url}/v1/endpoints`, {
      method: "POST",
      headers: { authorization: `Basic ${Buffer.from(key).toString("base64")}`, "content-type": "application/json" },
      body: JSON.stringify({ url: `${url}/inbox/demo`, eventTypes: ["*"] }),
    });
    expect(await registered.json()).toMatchObject({
      retrySchedule: [
        { times: 10, everySeconds: 1 },
        { times: 10, everySeconds: 3 },
      ],
    });
    child.kill("SIGTERM");
  });

  it("npm start --memory prints an operator key, which creates an account", async () => {
    const { child, said, url } = await start("--memory", "--port", "0");
    const operatorKey = /^export .+ OPERATOR_KEY=(\S+)$/m.exec(said)?.[1] ?? "";
    expect(said).toContain(`Operator   ${operatorKey} `);
    const created = await fetch(`${url}/v1/accounts/acme`, {
      method: "PUT",
      headers: {
        authorization: `Basic ${Buffer.from(operatorKey).toString("base64")}`,
        "content-type": "application/json",
      },
      body: "{}",
    });
    expect(created.status).toBe(200);
    child.kill("SIGTERM");
    expect(first.said).toContain("Operator   npm run keys -- create --operator ");
  });

  it("npm start --host warns that others reach it, and answers under its addresses and the given names only", async () => {
    const flags = ["--host", "0.0.0.0", "--allow-host", "rappel.internal", "--memory", "--port", "0"];
    const { child, heard, url } = await start(...flags);
    await expect.poll(heard).toContain("WARNING: --host 0.0.0.0 opens this service to your network, without TLS");
    const statusFor = async (host: string) => {
      const sent = request(`${url}/inbox/demo`, { headers: { host } }).end();
      const [response] = await once(sent, "response");
      response.resume();
      return response.statusCode;
    };
    expect(await Promise.all(["10.0.0.9:3000", "rappel.internal", "evil.example"].map(statusFor))).toEqual([
      200, 200, 421,
    ]);
    child.kill("SIGTERM");
    expect(first.said).not.toContain("WARNING");
  });

  it("npm start does not mention schedules without --retry-schedule, and refuses an invalid one", async () => {
    expect(first.said).not.toContain("Schedule");
    const refused = await start("--retry-schedule", "3x1s");
    expect(refused.said).toContain("Cannot use --retry-schedule 3x1s: need");
    expect(refused.said).toContain("5 to 100 waits in total, each of 1 to 86400 s");
    expect(await refused.exited).toEqual([2, null]);
  });

  it("npm start explains an unknown flag", async () => {
    const refused = await start("--prot", "3000");
    expect(refused.said).toContain("Unknown option '--prot'");
    expect(await refused.exited).toEqual([2, null]);
  });
});
