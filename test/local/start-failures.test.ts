import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const START = fileURLToPath(new URL("../../bin/start.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "rappel-start-failures-"));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** Runs `npm start` on a free port. `ended` resolves with what it printed and its exit code. */
function start(...flags: string[]) {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", START, "--port", "0", ...flags], {
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" },
  });
  children.push(child);
  const code = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const ready = new Promise<string>((resolve) => {
    let said = "";
    child.stdout.on("data", (bytes: Buffer) => {
      said += bytes.toString();
      if (said.includes("Ctrl-C stops it.")) resolve(said);
    });
  });
  const ended = Promise.all([text(child.stderr), code]).then(([said, exitCode]) => ({ said, code: exitCode }));
  return { child, ready, ended };
}

const childrenOf = (pid: number) =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number);

describe("npm start that cannot work", () => {
  it("npm start stops with a sentence and exit code 1 if its DynamoDB engine is killed", async () => {
    const { child, ready, ended } = start("--memory");
    await ready;
    const isEngine = (pid: number) =>
      readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")[0]?.endsWith("/dynoxide");
    const [shell = 0] = childrenOf(child.pid ?? 0);
    process.kill(childrenOf(shell).find(isEngine) ?? 0, "SIGKILL");
    const { said, code } = await ended;
    expect(said).toMatch(
      /The DynamoDB engine ended \(.+\)\. The service stops\. Its data was in memory and is lost: start it again/,
    );
    expect(code).toBe(1);
  });

  it("npm start ends with one sentence if its data folder is a file", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    expect(await start("--data-dir", file).ended).toEqual({
      said: expect.stringMatching(/^Cannot start: the data folder \S+ is a file, or is inside one\. .+\n$/),
      code: 1,
    });
  });

  it("npm start ends with one sentence if a database is damaged", async () => {
    const data = join(folder, "data");
    const { child, ready, ended } = start("--data-dir", data);
    await ready;
    child.kill("SIGTERM");
    await ended;
    // Without its write-ahead log, from which SQLite could repair a small database.
    rmSync(join(data, "dynamodb.sqlite-wal"), { force: true });
    writeFileSync(join(data, "dynamodb.sqlite"), "no database".repeat(1_000));
    expect(await start("--data-dir", data).ended).toEqual({
      said: expect.stringMatching(/^Cannot start: \S+dynamodb\.sqlite is damaged \(file is not a database\)\. .+\n$/),
      code: 1,
    });
  });
});
