import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, describe, expect, it } from "vitest";
import { createPool } from "../../local/emulator/functions/pool.ts";
import { startThread } from "../../local/emulator/functions/thread.ts";
import { startSmallApp } from "./small-app.ts";

const folder = mkdtempSync(join(tmpdir(), "rappel-loading-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);

let bundles = 0;
/** A function with this code. */
function specOf(code: string, timeoutMs = 60_000) {
  const bundle = mkdtempSync(at(`bundle-${++bundles}-`));
  writeFileSync(join(bundle, "index.mjs"), `import { existsSync, writeFileSync } from "node:fs";\n${code}`);
  const names = { name: "fn", label: "fn", arn: "arn:aws:lambda:us-east-1:000000000000:function:fn" };
  return { ...names, code: bundle, handler: "index.handler", timeoutMs, memoryMb: 128, environment: {} };
}

describe("a function that loads", () => {
  it("a function that computes for longer than the limit while it loads is not ended, and runs its event", async () => {
    const spec = specOf(`const until = Date.now() + 1_200; while (Date.now() < until);
      export const handler = async (event) => event;`);
    const thread = startThread(spec, () => undefined, 600);
    expect(await thread.invoke({ n: 1 })).toEqual({ kind: "answered", json: '{"n":1}' });
    await thread.stop();
  });

  it("a function that waits for longer than the limit while it loads is ended, and its event has not begun", async () => {
    const spec = specOf(`await new Promise((resolve) => setTimeout(resolve, 1e9)); export const handler = () => 1;`);
    const thread = startThread(spec, () => undefined, 40);
    const reason = "its code waited 40 ms for something and did not load";
    expect(await thread.invoke({})).toEqual({ kind: "failed", reason: "not begun", message: reason });
    await expect(thread.loaded()).rejects.toThrow(reason);
  });

  it("a start with a function that throws while it loads fails with one sentence", async () => {
    const start = startSmallApp({ worker: `throw new TypeError("no such table\\nsecond line");` });
    await expect(start).rejects.toThrow(
      /^Cannot start: the code of the function small-Worker cannot be loaded: TypeError: no such table$/,
    );
  });

  it("messages stay in the queue while their function cannot be loaded, and are not received", async () => {
    const [broken, exit] = [at("broken"), at("exit")];
    const app = await startSmallApp({
      worker: `import { existsSync } from "node:fs";
        if (existsSync(${JSON.stringify(broken)})) throw new Error("broken");
        export const handler = async ({ Records: [record] }) => {
          if (record.body === "exit" && !existsSync(${JSON.stringify(exit)})) process.exit(1);
          console.log(record.body + " " + record.attributes.ApproximateReceiveCount);
        };`,
    });
    const send = (MessageBody: string) =>
      app.client.send(new SendMessageCommand({ QueueUrl: app.queueUrl, MessageBody }));
    writeFileSync(broken, "");
    await send("exit");
    await expect.poll(() => app.failures).toContain("crashed");
    await send("later");
    const before = app.failures.length;
    await expect.poll(() => app.failures.slice(before)).toContain("not begun");
    writeFileSync(exit, "");
    rmSync(broken);
    await expect.poll(() => app.lines.toSorted()).toEqual(["exit 2", "later 1"]);
    await app.stop();
  });
});

describe("an event whose thread ends", () => {
  it("an event after the stop does not begin, and its queue is not polled in a loop without a pause", async () => {
    const pool = createPool(specOf("export const handler = () => 1;"), 10, {
      line: () => undefined,
      failed: () => undefined,
    });
    await pool.warm();
    await pool.room();
    await pool.stop();
    expect(await pool.run({})).toMatchObject({ kind: "failed", reason: "not begun" });
    expect(await Promise.race([pool.room().then(() => "room"), sleep(50, "no room")])).toBe("no room");
  });

  it("an event that had not begun runs in the next thread, and is no failure", async () => {
    const [taken, hurt] = [at("taken"), at("hurt")];
    // The first event blocks its thread until the second one waits in it, and then ends the thread.
    const spec = specOf(`export const handler = async ({ ends }) => {
      if (!ends) return "done";
      writeFileSync(${JSON.stringify(taken)}, "");
      while (!existsSync(${JSON.stringify(hurt)}));
      process.exit(1);
    };`);
    const failures: string[] = [];
    const pool = createPool(spec, 10, { line: () => undefined, failed: (_name, reason) => failures.push(reason) });
    await pool.warm();
    const first = pool.run({ ends: true });
    await expect.poll(() => existsSync(taken)).toBe(true);
    const second = pool.run({});
    writeFileSync(hurt, "");
    expect((await first).kind).toBe("failed");
    expect(await second).toEqual({ kind: "answered", json: '"done"' });
    expect(failures).toEqual(["crashed"]);
    await pool.stop();
  });

  it("a blocked thread is ended after the timeout of its event, and the events behind it run in the next thread", async () => {
    const taken = at("blocked");
    const spec = specOf(
      `export const handler = async ({ blocks }) => {
        if (blocks) writeFileSync(${JSON.stringify(taken)}, "");
        while (blocks);
        return "done";
      };`,
      500,
    );
    const pool = createPool(spec, 10, { line: () => undefined, failed: () => undefined });
    await pool.warm();
    const first = pool.run({ blocks: true });
    await expect.poll(() => existsSync(taken)).toBe(true);
    const second = pool.run({});
    expect(await first).toMatchObject({ kind: "failed", reason: "timeout" });
    expect(await second).toEqual({ kind: "answered", json: '"done"' });
    await pool.stop();
  });
});
