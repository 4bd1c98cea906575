import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { startFunction } from "../../local/check-deploy/functions.ts";
import { lintTemplates } from "../../local/check-deploy/linting.ts";
import { failed, inTable, notProved, proved } from "../../local/check-deploy/proof.ts";
import { linters, runtimeClient } from "../../local/check-deploy/tools.ts";

const folder = mkdtempSync(join(tmpdir(), "rappel-check-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

let made = 0;
/** A folder with commands, each a shell script. */
function commands(scripts: Readonly<Record<string, string>>): string {
  const path = join(folder, `bin-${++made}`);
  mkdirSync(path);
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(path, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(path, name), 0o755);
  }
  return path;
}

describe("the tools of check:deploy", () => {
  it("without Python the rules of the linters are not proved, and the reason is named", async () => {
    vi.stubEnv("PATH", commands({}));
    const found = await linters(join(folder, "none"));
    expect(found).toEqual({ missing: "no Python 3.9 or newer" });
    expect(await lintTemplates(folder, found)).toEqual([
      notProved("templates: cfn-lint's rules", "no Python 3.9 or newer"),
      notProved("templates: checkov's rules", "no Python 3.9 or newer"),
    ]);
  });

  it("a tool that cannot be installed leaves nothing behind and says why", async () => {
    const cache = join(folder, "cache");
    vi.stubEnv("PATH", `${commands({ python3: '[ "$1" = -c ] || { echo "no network" >&2; exit 1; }' })}:/usr/bin:/bin`);
    expect(await linters(cache)).toEqual({ missing: "it could not be installed: no network" });
    vi.stubEnv("PATH", `${commands({ npm: 'echo "npm error no registry" >&2; exit 1' })}:/usr/bin:/bin`);
    expect(await runtimeClient(cache)).toEqual({ missing: "it could not be installed: npm error no registry" });
    vi.stubEnv("PATH", `${commands({ npm: "exit 0" })}:/usr/bin:/bin`);
    expect(await runtimeClient(cache)).toEqual({ missing: "it could not be installed: npm did not compile it" });
    expect(
      existsSync(cache)
        ? readdirSync(cache, { recursive: true }).filter((name) => `${name}`.endsWith("installed"))
        : [],
    ).toEqual([]);
  });
});

describe("the linters' findings", () => {
  const assembly = join(folder, "assembly");
  mkdirSync(assembly);
  writeFileSync(join(assembly, "a.template.json"), "{}");
  const clean = {
    checkov: `echo '{"summary":{"passed":3,"failed":0,"parsing_errors":0},"results":{"failed_checks":[]}}'`,
    "cfn-lint": "echo '[]'",
  };

  it("templates without findings are proved", async () => {
    expect(await lintTemplates(assembly, { path: commands(clean) })).toEqual([
      proved("templates: cfn-lint's rules", "no finding in 1 templates"),
      proved("templates: checkov's rules", "3 checks passed"),
    ]);
  });

  it("each finding is named, and the check fails", async () => {
    const path = commands({
      "cfn-lint": `echo '[{"Rule":{"Id":"E3002"},"Message":"Invalid property","Filename":"a.template.json"}]'; exit 2`,
      checkov: `echo '{"summary":{"passed":3,"failed":1,"parsing_errors":0},"results":{"failed_checks":[{"check_id":"CKV_AWS_27","check_name":"Encrypt","resource":"AWS::SQS::Queue.Q"}]}}'; exit 1`,
    });
    expect(await lintTemplates(assembly, { path })).toEqual([
      failed("templates: cfn-lint's rules", "E3002 a.template.json: Invalid property"),
      failed("templates: checkov's rules", "CKV_AWS_27 AWS::SQS::Queue.Q: Encrypt"),
    ]);
  });

  it("a linter that breaks, or that read nothing, proves nothing", async () => {
    const path = commands({
      "cfn-lint": "echo 'Traceback' >&2; exit 1",
      checkov: `echo '{"summary":{"passed":0,"failed":0,"parsing_errors":0},"results":{"failed_checks":[]}}'`,
    });
    expect((await lintTemplates(assembly, { path })).map(({ result }) => result)).toEqual(["failed", "failed"]);
  });

  it("the linters cannot reach the internet", async () => {
    const path = commands({ ...clean, checkov: `[ "$HTTPS_PROXY" = http://127.0.0.1:9 ] && ${clean.checkov}` });
    expect((await lintTemplates(assembly, { path })).map(({ result }) => result)).toEqual(["proved", "proved"]);
  });
});

describe("a function under a client of the runtime API", () => {
  async function running(source: string) {
    const code = join(folder, `bundle-${++made}`);
    mkdirSync(code);
    writeFileSync(join(code, "index.mjs"), source);
    return startFunction(
      {
        name: "f",
        arn: "arn:f",
        label: "f",
        code,
        handler: "index.handler",
        timeoutMs: 60_000,
        memoryMb: 128,
        environment: { LAMBDA_TASK_ROOT: code, OWN: "of the stack" },
      },
      resolve("local/check-deploy/stand-in-client.js"),
    );
  }

  it("the function gets each event with its deadline and its stack's environment, and its result or error comes back", async () => {
    vi.stubEnv("FOREIGN", "of this process");
    const { invoke, stop } = await running(`export const handler = async (event, context) => {
      if (event.fails) throw new TypeError("it failed");
      return { event, own: process.env.OWN, foreign: process.env.FOREIGN, hasTime: context.getRemainingTimeInMillis() > 0 };
    };`);
    expect(await invoke({ n: 1 })).toEqual({ returned: { event: { n: 1 }, own: "of the stack", hasTime: true } });
    expect(await invoke({ fails: true })).toMatchObject({ error: expect.stringContaining("it failed") });
    expect(await invoke({ n: 2 })).toMatchObject({ returned: { event: { n: 2 } } });
    await stop();
  });

  it("a bundle that cannot be loaded fails with its error", async () => {
    const { invoke, stop } = await running('throw new Error("no environment");');
    await expect(invoke({})).rejects.toThrow("no environment");
    await stop();
  });

  it("a function that ends its process fails with what it printed", async () => {
    const { invoke, stop } = await running(
      'export const handler = () => { console.error("out of memory"); process.exit(7); };',
    );
    await expect(invoke({})).rejects.toThrow(/the process ended with 7: out of memory/);
    await stop();
  });
});

describe("the table", () => {
  it("the table has a line for each check and counts the results", () => {
    const lines = inTable([proved("a", "by b"), notProved("long name", "no tool"), failed("c", "one\ntwo")]).split(
      "\n",
    );
    expect(lines).toEqual([
      "Check      Result      How, or why not",
      "a          proved      by b",
      "long name  not proved  no tool",
      "c          failed      one",
      "                       two",
      "",
      "1 proved, 1 not proved, 1 failed",
    ]);
  });
});
