import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { openFixture } from "../support/fixture.ts";

const { callerOf, receive, url } = openFixture();
/** The blocks of commands for the running service; those of README.md that need nothing but a checkout are left out. */
const blocksOf = (guide: string): string => {
  const text = readFileSync(new URL(`../../../${guide}.md`, import.meta.url), "utf8");
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = ""]) => block);
  return blocks.filter((block) => guide !== "README" || block.includes("$RAPPEL")).join("\n");
};

/** Runs all of a guide's commands in one shell, but for those that need the running service's own files. */
async function follow(guide: string, { url, key, receiver }: { url: string; key: string; receiver: string }) {
  const script = blocksOf(guide)
    .split("\n")
    .filter((line) => !line.startsWith("npm "))
    .join("\n");
  const folder = mkdtempSync(join(tmpdir(), "rappel-guide-"));
  const env = { ...process.env, RAPPEL: url, KEY: key, RECEIVER: receiver };
  try {
    return (await promisify(execFile)("sh", ["-e", "-c", script], { cwd: folder, env })).stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
const keyOf = (authorization: string) => Buffer.from(authorization.slice("Basic ".length), "base64").toString();

describe("the guide of those who come", () => {
  it("from Mailjet: its commands run, and the event arrives as Mailjet's own", async () => {
    const { authorization } = await callerOf("from-mailjet");
    const receiver = await receive();
    const said = await follow("docs/coming-from-mailjet", {
      url: url(),
      key: keyOf(authorization),
      receiver: receiver.url,
    });
    expect(said).toContain('"EventType":"open","ID":1,"IsBackup":false,"Status":"alive"');
    expect(said).toContain('"Outcome":"success"');
    await receiver.waitFor(2);
    expect(receiver.received.at(-1)?.body.toString()).toBe(
      '[{"event":"open","time":1433103519,"MessageID":19421777396190491,"email":"api@mailjet.com","CustomID":"helloworld","Payload":""}]',
    );
  });

  it("from Sarbacane: its commands run, and whId comes back untouched", async () => {
    const { authorization } = await callerOf("from-sarbacane");
    const receiver = await receive(() => ({ status: 204 }));
    const said = await follow("docs/coming-from-sarbacane", {
      url: url(),
      key: keyOf(authorization),
      receiver: receiver.url,
    });
    expect(said).toContain('"outcome":"success"');
    await receiver.waitFor(2);
    expect(receiver.received.at(-1)?.body.toString()).toContain('"type":"delivered","whId":"customer-0042"}');
  });

  it("to README.md: its first commands run, and the event arrives byte for byte", async () => {
    const { authorization } = await callerOf("from-readme");
    const receiver = await receive();
    const said = await follow("README", { url: url(), key: keyOf(authorization), receiver: receiver.url });
    expect(said).toContain('"type":"email.opened"');
    await receiver.waitFor(1);
    expect(receiver.received.at(-1)?.body.toString()).toContain('"data":{"MessageID":19421777396190491,"score":1.10}}');
  });
});
