import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { takeDataFolder } from "../../../local/emulator/engines/data-lock.ts";
import { startDynamodb } from "../../../local/emulator/engines/dynamodb.ts";
import { startKms } from "../../../local/emulator/engines/kms.ts";
import { startSqs } from "../../../local/emulator/engines/sqs.ts";
import { startScheduler } from "../../../local/emulator/scheduler/scheduler.ts";

const parent = mkdtempSync(join(tmpdir(), "rappel-modes-"));
const folder = join(parent, "data");
const umask = process.umask(0o022);
afterAll(() => {
  process.umask(umask);
  rmSync(parent, { recursive: true });
});

it("only the owner may read the data folder, its databases and the files beside them", async () => {
  // Left by an earlier version.
  mkdirSync(join(folder, "sqs"), { recursive: true });
  for (const name of ["lock.sqlite", "dynamodb.sqlite"]) writeFileSync(join(folder, name), "", { mode: 0o644 });
  chmodSync(folder, 0o755);

  const release = takeDataFolder(folder);
  const engines = [
    await startDynamodb(join(folder, "dynamodb.sqlite")),
    await startSqs(join(folder, "sqs")),
    await startKms(join(folder, "kms.key")),
    await startScheduler({ folder: join(folder, "scheduler"), sqsUrl: "http://127.0.0.1:1" }),
  ];
  const found = readdirSync(folder, { withFileTypes: true, recursive: true }).map((entry) => {
    const mode = statSync(join(entry.parentPath, entry.name)).mode & 0o777;
    return [entry.name, entry.isDirectory() ? "folder" : "file", mode.toString(8)];
  });
  expect(found.length).toBeGreaterThan(8);
  expect(found.filter(([, kind, mode]) => mode !== (kind === "folder" ? "700" : "600"))).toEqual([]);
  expect((statSync(folder).mode & 0o777).toString(8)).toBe("700");
  for (const { stop } of engines) await stop();
  release();
});

it("a data folder that has other files keeps its mode, so that they are still found", () => {
  const shared = join(parent, "shared");
  mkdirSync(shared);
  writeFileSync(join(shared, "other.txt"), "");
  chmodSync(shared, 0o755);
  takeDataFolder(shared)();
  expect((statSync(shared).mode & 0o777).toString(8)).toBe("755");
  expect((statSync(join(shared, "lock.sqlite")).mode & 0o777).toString(8)).toBe("600");
});
