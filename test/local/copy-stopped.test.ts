import { execFile } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { promisify } from "node:util";
import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, it } from "vitest";
import { SEGMENTS } from "../../local/copy-table/copy-table.ts";
import { openProgress } from "../../local/copy-table/progress.ts";
import { sdkEnvironment } from "../../local/emulator/engines/aws-clients.ts";

import { copied, engineUrls, filled, itemsOf, newFile, newTable, OLD_KEY, portsOf, put } from "./copied-tables.ts";

describe("a copy that is stopped", () => {
  it("the copy continues where it was stopped, and counts each item once", async () => {
    const [source, target] = [await newTable(), await newTable()];
    const all = Array.from({ length: 1_000 }, (_, n) => ({ pk: `LOG#acme#${n % 50}`, sk: `evt_${n}` }));
    for (let from = 0; from < all.length; from += 25) {
      const puts = all.slice(from, from + 25).map((Item) => ({ PutRequest: { Item } }));
      await source.table.client.send(new BatchWriteCommand({ RequestItems: { [source.table.name]: puts } }));
    }
    const path = newFile();
    const open = () => openProgress(path, "a copy", SEGMENTS);
    let pages = 0;
    const stopping = () => {
      pages += 1;
      if (pages === 3) throw new Error("stopped by the test");
    };
    await expect(copied(source, target, { file: open(), report: stopping })).rejects.toThrow("stopped by the test");
    const stoppedAt = open().progress.counts.read;
    expect(stoppedAt).toBeGreaterThan(0);
    // Three pages of a hundred, and at most one more of each other segment.
    expect(stoppedAt).toBeLessThanOrEqual(600);
    const reports: number[] = [];
    const counts = await copied(source, target, { file: open(), report: ({ read }) => reports.push(read) });
    expect(counts).toEqual({ read: 1_000, written: 1_000, same: 0, kept: 0, skipped: 0 });
    expect(Math.min(...reports)).toBeGreaterThan(stoppedAt);
    expect((await itemsOf(target)).size).toBe(1_000);
    expect(existsSync(path)).toBe(false);
  });

  it("a progress file of another copy is refused, and so is a file that is none", () => {
    const path = newFile();
    openProgress(path, "a into b", 1).save({
      copy: "a into b",
      counts: { read: 1, written: 1, same: 0, kept: 0, skipped: 0 },
      segments: [null],
      backlogs: [],
    });
    expect(() => openProgress(path, "a into c", 1)).toThrow("it belongs to another copy (a into b)");
    writeFileSync(path, "[]");
    expect(() => openProgress(path, "a into b", 1)).toThrow("it is not a progress file");
  });
});

describe("the data key of a copy", () => {
  it("the copy asks for the sealing key if the target has no data key, and writes nothing", async () => {
    const { source } = await filled();
    const target = await newTable(1);
    await expect(copied(source, target)).rejects.toThrow("it has no data key yet. Need --key");
    expect((await itemsOf(target)).size).toBe(0);
  });

  it("a data key of the same KMS key is taken over, so that the target's functions read all secrets", async () => {
    const { source, endpoint } = await filled();
    const target = await newTable();
    await copied(source, target, { keyId: OLD_KEY });
    expect((await itemsOf(target)).get("DATAKEY DATAKEY")).toEqual((await itemsOf(source)).get("DATAKEY DATAKEY"));
    expect(await portsOf(target).endpoints.list(endpoint.account)).toEqual([endpoint]);
  });

  it("another deployment's key of the same name gets a data key of its own", async () => {
    const { source, endpoint } = await filled();
    const target = await newTable(1);
    await copied(source, target, { keyId: OLD_KEY });
    expect(await portsOf(target).endpoints.list(endpoint.account)).toEqual([endpoint]);
  });

  it("secrets of a table that has lost its data key are not copied as rubbish", async () => {
    const [source, target] = [await newTable(), await newTable()];
    await put(source, { pk: "ACCOUNT#acme", sk: "ENDPOINT#ep_1", sealed: new Uint8Array([1]) });
    await expect(copied(source, target)).rejects.toThrow("its data key is missing");
  });
});

describe("npm run copy", () => {
  /** Runs the command on the engines, in a folder of its own. @returns what it printed, and whether it succeeded */
  async function run(...flags: string[]): Promise<{ isDone: boolean; printed: string }> {
    const environment = sdkEnvironment({ dynamodb: engineUrls().dynamodb, sqs: "", kms: engineUrls().kms });
    const args = ["--disable-warning=ExperimentalWarning", resolve("bin/copy.ts"), ...flags];
    try {
      const { stdout } = await promisify(execFile)(process.execPath, args, {
        cwd: dirname(newFile()),
        env: { PATH: process.env["PATH"], ...environment },
      });
      return { isDone: true, printed: stdout };
    } catch (error) {
      return { isDone: false, printed: String(Reflect.get(Object(error), "stderr")) };
    }
  }

  it("the command says what it needs and how to continue, then copies the table and prints the counts", async () => {
    const { source } = await filled();
    const target = await newTable();
    const flags = ["--from-table", source.table.name, "--table", target.table.name, "--region", "us-east-1"];
    const refused = await run(...flags, "--progress", "p.json");
    expect(refused).toMatchObject({
      isDone: false,
      printed: expect.stringMatching(/Need --key[\s\S]*Run the same command again to continue from p\.json/),
    });
    const { isDone, printed } = await run(...flags, "--key", OLD_KEY ?? "", "--progress", "p.json");
    expect(isDone).toBe(true);
    expect(printed).toMatch(
      /^Copied all of copy-\S+ in us-east-1 into copy-\S+ in us-east-1: \d+ items read, \d+ written, 0 were there already, 0 kept because they differ, 1 left out\n$/,
    );
    expect((await itemsOf(target)).size).toBe((await itemsOf(source)).size);
  });

  it("the command names the flag of the table that it cannot find, and refuses to copy a table into itself", async () => {
    const { source } = await filled();
    const { name } = source.table;
    const region = ["--region", "us-east-1"];
    expect((await run("--from-table", "nowhere", "--table", name, ...region)).printed).toContain(
      'Cannot find the table "nowhere" (--from-table) in the region us-east-1',
    );
    expect((await run("--from-table", name, "--table", "nowhere", ...region)).printed).toContain(
      'Cannot find the table "nowhere" (--table)',
    );
    expect((await run("--from-table", name, "--table", name, ...region)).printed).toContain("into itself");
    // The same region, once by a flag and once by the environment.
    expect((await run("--from-table", name, "--from-region", "us-east-1", "--table", name)).printed).toContain(
      "into itself",
    );
    expect((await run("--from-table", name, "--table", name, "--only", "events", ...region)).printed).toContain(
      'Cannot use --only "events": need configuration',
    );
  });
});
