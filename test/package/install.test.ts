import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runFunctions } from "../../local/check-deploy/scenario.ts";
import { ENTRIES } from "../../local/package/entries.ts";
import { packageJson } from "../../local/package/package-json.ts";
import { installed, type Packed, packed, temporaryFolder } from "./tarball.ts";

const MAX_BYTES = 5_000_000;
const { folder, remove } = temporaryFolder();
let tarball: Packed;
let project: string;
const inProject = (args: readonly string[], env: NodeJS.ProcessEnv = process.env) => {
  try {
    return execFileSync(process.execPath, args, { cwd: project, encoding: "utf8", stdio: "pipe", env });
  } catch (error) {
    throw error instanceof Error && "stdout" in error ? new Error(`${error.message}\n${error.stdout}`) : error;
  }
};

beforeAll(() => {
  tarball = packed(folder);
  project = installed(folder, tarball.filename);
}, 600_000);
afterAll(remove);

/** The TypeScript examples of a page, by number. */
function examplesOf(page: string): string[] {
  return [...readFileSync(page, "utf8").matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = ""]) => code);
}

describe("the npm package", () => {
  it("it is under 5 MB, and has only compiled code, bundles, types and documents", () => {
    expect(tarball.size).toBeLessThan(MAX_BYTES);
    const paths = tarball.files.map(({ path }) => path);
    const others = paths.filter((path) => !/^dist\/.*\.(js|mjs|d\.ts|html|css|svg|br|gz)$/.test(path));
    expect(others.sort()).toEqual(["CHANGELOG.md", "LICENSE", "README.md", "package.json"]);
    for (const { name } of ENTRIES)
      expect(paths).toEqual(expect.arrayContaining([`dist/${name}.js`, `dist/${name}.d.ts`]));
  });

  it("no file of it names a path of the machine that built it", () => {
    const root = join(project, "node_modules", "rappel");
    for (const { path } of tarball.files)
      expect(readFileSync(join(root, path), "latin1"), path).not.toContain(resolve("."));
  });

  it("its install brings no other package", () => {
    const lock = JSON.parse(readFileSync(join(project, "package-lock.json"), "utf8"));
    expect(Object.keys(lock.packages)).toEqual(["", "node_modules/rappel"]);
  });

  it("the example app and all examples of the documents are valid TypeScript with strict settings", {
    timeout: 600_000,
  }, () => {
    cpSync("examples/cdk/app.ts", join(project, "app.ts"));
    for (const page of ["docs/construct.md"])
      for (const [at, code] of examplesOf(page).entries()) writeFileSync(join(project, `example-${at}.ts`), code);
    const compilerOptions = {
      target: "es2024",
      module: "nodenext",
      types: ["node"],
      outDir: "out",
      strict: true,
      noUncheckedIndexedAccess: true,
      noImplicitOverride: true,
      verbatimModuleSyntax: true,
      isolatedModules: true,
      skipLibCheck: false, // the package's own types are checked too
    };
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
    inProject(["node_modules/typescript/bin/tsc", "-p", "."]);
  });

  it("a wrong prop does not compile", () => {
    const wrong = `import { Rappel } from "rappel/cdk";\nimport { App, Stack } from "aws-cdk-lib";\nnew Rappel(new Stack(new App(), "Shop"), "Webhooks", { throttling: 5 });\n`;
    writeFileSync(join(project, "wrong.ts"), wrong);
    const args = [
      "node_modules/typescript/bin/tsc",
      "--ignoreConfig",
      "--noEmit",
      "--strict",
      "--skipLibCheck",
      "--module",
      "nodenext",
    ];
    expect(() => inProject([...args, "wrong.ts"])).toThrow(
      "Type 'number' is not assignable to type 'RappelApiThrottling'",
    );
  });

  it("the example app synthesises without esbuild, and its functions run under a client of Lambda's runtime", {
    timeout: 600_000,
  }, async () => {
    const outdir = join(project, "cdk.out");
    inProject(["out/app.js"], { ...process.env, CDK_OUTDIR: outdir });
    const template = JSON.parse(readFileSync(join(outdir, "Shop.template.json"), "utf8"));
    expect(Object.keys(template.Outputs)).toEqual(["WebhooksUrl", "WebhooksTable"]);
    const proofs = await runFunctions(outdir, resolve("local/check-deploy/stand-in-client.js"));
    expect(proofs.filter(({ result }) => result !== "proved")).toEqual([]);
  });

  it("its client sends what its receiver gets, and its verification accepts what its signer signs", () => {
    const code = `
      import { Rappel, verify } from "rappel";
      import { newSecret, signed, startReceiver } from "rappel/testing";
      const api = await startReceiver();
      api.always({ status: 202, headers: { "content-type": "application/json" }, body: '{"data":[{"id":"evt_1"}]}' });
      const rappel = new Rappel({ url: api.url, key: "key_01JD7X1RZ8M3V0A6Q5T2Y9WKBC:x" });
      const { id } = await rappel.send({ type: "t", json: '{"price":1.10}' });
      const secret = newSecret();
      const { body, headers } = signed({ body: String(api.received[0].body), secret, id });
      console.log(verify(body, headers, secret).id, body);
      await api.stop();`;
    writeFileSync(join(project, "client.mjs"), code);
    expect(inProject(["client.mjs"]).trim()).toBe('evt_1 [{"type":"t","data":{"price":1.10}}]');
  });

  it("its command shows its version and the help of keys", () => {
    const command = join("node_modules", "rappel", packageJson().bin["rappel"] ?? "");
    expect(inProject([command, "--version"]).trim()).toBe(packageJson().version);
    expect(inProject([command, "keys", "--help"])).toContain("rappel keys create --operator");
    expect(() => inProject([command, "unknown"])).toThrow("unknown command 'unknown'");
  });
});
