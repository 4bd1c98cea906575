import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { openFixture } from "../support/fixture.ts";

const { callerOf, operator, receive, url } = openFixture();
/** Guides of which only some blocks call the running service: the others need a checkout or an AWS account. */
const MIXED = ["README", "docs/operations/deploy", "docs/operations/first-deployment", "docs/operations/monitoring"];

/** The command blocks of a guide for the running service. */
const blocksOf = (guide: string): string => {
  const text = readFileSync(new URL(`../../../${guide}.md`, import.meta.url), "utf8");
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = ""]) => block);
  return blocks.filter((block) => !MIXED.includes(guide) || block.includes("$RAPPEL")).join("\n");
};

/** Runs all commands of a guide in one shell, except those that need the running service's own files. */
async function follow(guide: string, { url, key, receiver }: { url: string; key: string; receiver: string }) {
  const script = blocksOf(guide)
    .split("\n")
    .filter((line) => !/^(npm |OPERATOR_KEY=)/.test(line))
    .join("\n");
  const folder = mkdtempSync(join(tmpdir(), "rappel-guide-"));
  const env = { ...process.env, RAPPEL: url, KEY: key, OPERATOR_KEY: key, RECEIVER: receiver, WAIT: "0" };
  try {
    return (await promisify(execFile)("sh", ["-e", "-c", script], { cwd: folder, env })).stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
const keyOf = (authorization: string) => Buffer.from(authorization.slice("Basic ".length), "base64").toString();

describe("the guides", () => {
  it("the commands of the Mailjet guide run, and the event arrives in Mailjet's format", async () => {
    const { authorization } = await callerOf("from-mailjet");
    const receiver = await receive();
    const output = await follow("docs/coming-from/mailjet", {
      url: url(),
      key: keyOf(authorization),
      receiver: receiver.url,
    });
    expect(output).toContain('"EventType":"open","ID":1,"IsBackup":false,"Status":"alive"');
    expect(output).toContain('"Outcome":"success"');
    await receiver.waitFor(2);
    expect(receiver.received.at(-1)?.body.toString()).toBe(
      '[{"event":"open","time":1433103519,"MessageID":19421777396190491,"email":"api@mailjet.com","CustomID":"helloworld","Payload":""}]',
    );
  });

  it("the commands of the Sarbacane guide run, and whId arrives unchanged", async () => {
    const { authorization } = await callerOf("from-sarbacane");
    const receiver = await receive(() => ({ status: 204 }));
    const output = await follow("docs/coming-from/sarbacane", {
      url: url(),
      key: keyOf(authorization),
      receiver: receiver.url,
    });
    expect(output).toContain('"outcome":"success"');
    await receiver.waitFor(2);
    expect(receiver.received.at(-1)?.body.toString()).toContain('"type":"delivered","whId":"customer-0042"}');
  });

  it("the first commands of README.md run, and the event arrives byte for byte", async () => {
    const { authorization } = await callerOf("from-readme");
    const receiver = await receive();
    const output = await follow("README", { url: url(), key: keyOf(authorization), receiver: receiver.url });
    expect(output).toContain('"type":"email.opened"');
    expect(output).toMatch(/"explanation":"Delivered: attempt 1 got 200 after \d+ ms\."/);
    await receiver.waitFor(1);
    expect(receiver.received.at(-1)?.body.toString()).toContain('"data":{"MessageID":19421777396190491,"score":1.10}}');
  });

  it("the checks of a first deployment that call the API run, and show what the page says", async () => {
    const { authorization } = await operator();
    const receiver = await receive();
    const service = { url: url(), key: keyOf(authorization), receiver: receiver.url };
    const lines = (await follow("docs/operations/first-deployment", service)).trim().split("\n");
    const [health, unauthorized, refused, endpoint, tested, delivered, ...attempts] = lines;
    expect(health).toBe('{"status":"ok"}');
    expect(unauthorized).toBe("401");
    expect(refused).toMatch(/"code":"ADDRESS_FORBIDDEN".* 422$/);
    expect(endpoint).toMatch(/"id":"ep_.*"secret":"whsec_/);
    expect(tested).toContain('"outcome":"success"');
    expect(delivered).toContain('"status":"delivered"');
    expect(attempts.length).toBeGreaterThan(0);
    for (const attempt of attempts) expect(attempt).toMatch(/^"at":/);
    await receiver.waitFor(2);
  });

  it("a first deployment has 20 checks, numbered in order, each with what to expect", () => {
    const page = readFileSync(new URL("../../../docs/operations/first-deployment.md", import.meta.url), "utf8");
    const checks = page.split(/^\*\*(?=\d+\.)/m).slice(1);
    expect(checks.map((check) => Number.parseInt(check, 10))).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    for (const check of checks) expect(check).toMatch(/Expect [\s\S]*```(ba)?sh\n/);
  });

  it("the commands that add a customer run with an operator key, and so does the search for an event", async () => {
    const { authorization } = await operator();
    const receiver = await receive();
    const service = { url: url(), key: keyOf(authorization), receiver: receiver.url };
    const output = await follow("docs/operations/deploy", service);
    expect(output).toContain('"name":"Acme Ltd.","status":"active","retentionDays":30,');
    expect(output).toContain('"name":"Acme production"');
    expect(output).toContain(`"url":"${receiver.url}","description":"","eventTypes":["*"]`);
    expect(JSON.parse(await follow("docs/operations/monitoring", service))).toMatchObject({
      data: [],
      nextCursor: null,
    });
  });
});
