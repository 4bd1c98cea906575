import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { SOURCES } from "../../local/emulator/template/synth.ts";

/** Folders of pure decisions and values. Each may import the ones above it. */
const MODELS = [
  "shared/limits",
  "shared",
  "payload",
  "retry/model",
  "events/model",
  "accounts/model",
  "activity/model",
  "endpoints/model",
  "delivery/model",
  "recoveries/model",
  "stats/model",
  "notifications/model",
  "mailjet/model",
  "export/model",
];
/** Folders of workflows. Each may import all models, the ports, and the ones above it. */
const FLOWS = [
  "activity",
  "accounts",
  "endpoints",
  "events",
  "stats",
  "notifications",
  "delivery",
  "recoveries",
  "retry",
  "mailjet",
  "export",
];
const ADAPTERS = [
  "adapters/net",
  "adapters/metrics",
  "adapters/aws",
  "adapters/dynamodb/table",
  "adapters/dynamodb/sessions",
  "adapters/dynamodb",
];
const HTTP = ["http/schemas", "http/responses", "http/views", "http/routes", "http/sessions", "http", "http/openapi"];

const above = (folders: readonly string[], folder: string) => folders.slice(0, folders.indexOf(folder));

/** Which folders of `lambdas/` each folder may import, types included. */
const ALLOWED_IMPORTS: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(MODELS.map((folder) => [folder, above(MODELS, folder)])),
  ports: MODELS,
  ...Object.fromEntries(FLOWS.map((folder) => [folder, [...MODELS, "ports", ...above(FLOWS, folder)]])),
  ...Object.fromEntries(HTTP.map((folder) => [folder, [...MODELS, "ports", ...above(HTTP, folder)]])),
  console: ["http"],
  ...Object.fromEntries(ADAPTERS.map((folder) => [folder, [...MODELS, "ports", ...above(ADAPTERS, folder)]])),
  runtime: [...MODELS, "ports", ...FLOWS, ...ADAPTERS, "http/schemas"],
  entry: [...MODELS, "ports", ...FLOWS, ...ADAPTERS, ...HTTP, "console", "runtime"],
};
/** Which folders of `console/src/` each folder may import. Of the rest of the repository all may import types, and presets. */
const CONSOLE_IMPORTS: Readonly<Record<string, readonly string[]>> = {
  words: [],
  api: ["words"],
  parts: ["words", "api"],
  panels: ["words", "api", "parts"],
  screens: ["words", "api", "parts", "panels"],
  ".": ["words", "api", "screens", "styles"],
};
const FILES_PER_FOLDER = 15;
const LINES_PER_FILE = 250;
const OURS = ["bench", "bin", "console", "lambdas", "lib", "local", "test"];

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
const sourcesIn = (folder: string) => filesIn(folder).filter((path) => /\.tsx?$/.test(path));
const linesOf = (path: string) => readFileSync(path, "utf8").split("\n").length - 1;
const folderOf = (path: string) => dirname(path).replace(/^lambdas\/?/, "") || "entry";
const importsOf = (path: string) =>
  [...readFileSync(path, "utf8").matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map(([, target = ""]) =>
    normalize(join(dirname(path), target)),
  );

/** Every import cycle, as `a > b > a`. */
function cyclesIn(paths: readonly string[]): string[] {
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]) => {
    if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(" > "));
    if (done.has(path) || trail.includes(path)) return;
    for (const target of importsOf(path)) if (/\.tsx?$/.test(target)) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of paths) visit(path, []);
  return cycles;
}

describe("the folders of lambdas/", () => {
  it("folders of lambdas/ import only what ALLOWED_IMPORTS lists", () => {
    const forbidden = sourcesIn("lambdas").flatMap((path) =>
      importsOf(path)
        .filter((target) => {
          const [folder, other] = [folderOf(path), folderOf(target)];
          return !target.startsWith("lambdas/") || (folder !== other && !ALLOWED_IMPORTS[folder]?.includes(other));
        })
        .map((target) => `${path} imports ${target}: ${folderOf(path)} may not import ${folderOf(target)}`),
    );
    expect(forbidden).toEqual([]);
  });

  it("ALLOWED_IMPORTS lists exactly the folders of lambdas/", () => {
    const folders = new Set(sourcesIn("lambdas").map(folderOf));
    expect([...folders].sort()).toEqual(Object.keys(ALLOWED_IMPORTS).sort());
  });

  it("models do not use the clock, random numbers, the environment or AWS", () => {
    const impure =
      /Date\.now|new Date\(\)|Math\.random|@aws-sdk|process\.|randomBytes|randomUUID|getRandomValues|\bperformance\b|\/ports\/|node:(?!buffer|crypto|url|util)|setTimeout|setInterval|fetch\(/;
    const paths = sourcesIn("lambdas").filter((path) => MODELS.includes(folderOf(path)));
    expect(paths.filter((path) => impure.test(readFileSync(path, "utf8")))).toEqual([]);
  });

  it("entry files only wire and contain no conditions or loops", () => {
    const entries = sourcesIn("lambdas").filter((path) => folderOf(path) === "entry");
    expect(entries.map((path) => path.replace("lambdas/", ""))).toEqual([
      "accept.ts",
      "api.ts",
      "console.ts",
      "dispatch.ts",
      "erase.ts",
      "sweep.ts",
      "wake.ts",
    ]);
    const deciding = /\b(if|switch|while|for|do)\b(\s+await)?\s*[({]|\.forEach\(|\?[^.?][^\n]*:/;
    expect(entries.filter((path) => deciding.test(readFileSync(path, "utf8")))).toEqual([]);
  });
});

it("a start synthesises again if anything has changed that the stacks, the functions or the console import", () => {
  const imported = SOURCES.filter((folder) => !folder.includes("."))
    .filter((folder) => folder !== "branding")
    .flatMap((folder) => sourcesIn(folder).flatMap((path) => importsOf(path)));
  expect(imported.filter((path) => !SOURCES.some((source) => path.startsWith(source)))).toEqual([]);
});

it("the client imports nothing of the service, and the command line nothing but the client", () => {
  const outside = (folder: string, allowed: readonly string[]) =>
    sourcesIn(folder)
      .filter((path) => path !== "client/generate-types.ts")
      .flatMap((path) => importsOf(path).filter((target) => !allowed.some((each) => target.startsWith(each))));
  expect(outside("client", ["client/"])).toEqual([]);
  expect(outside("cli", ["cli/", "client/"])).toEqual([]);
});

describe("the folders of console/src/", () => {
  const consoleFolder = (path: string) => relative("console/src", dirname(path)) || ".";

  it("folders of console/src/ import only what CONSOLE_IMPORTS lists", () => {
    const forbidden = sourcesIn("console/src").flatMap((path) =>
      importsOf(path)
        .filter((target) => target.startsWith("console/") && !target.endsWith(".svg"))
        .filter((target) => {
          const [folder, other] = [consoleFolder(path), consoleFolder(target)];
          const isOtherScreen = folder === "screens" && other === "screens";
          return isOtherScreen || (folder !== other && !CONSOLE_IMPORTS[folder]?.includes(other));
        })
        .map((target) => `${path} imports ${target}`),
    );
    expect(forbidden).toEqual([]);
  });

  it("the console knows the API by its OpenAPI document alone", () => {
    const imported = sourcesIn("console/src").flatMap((path) =>
      importsOf(path).filter((target) => !target.startsWith("console/")),
    );
    expect([...new Set(imported)].sort()).toEqual([
      "client/api.ts",
      "client/errors.ts",
      "lambdas/endpoints/model/preset.ts",
    ]);
  });

  it("of the service, the console's code imports only types, and the presets of retry schedules", () => {
    const imported = sourcesIn("console/src").flatMap((path) =>
      [...readFileSync(path, "utf8").matchAll(/^import (?!type ).*"(?:\.\.\/)+(lambdas\/[^"]+)"/gm)].map(
        ([, target]) => target,
      ),
    );
    expect([...new Set(imported)]).toEqual(["lambdas/endpoints/model/preset.ts"]);
  });
});

describe("the source tree", () => {
  it("there is no import cycle, types included", () => {
    expect(cyclesIn(OURS.flatMap(sourcesIn))).toEqual([]);
  });

  it(`a folder has at most ${FILES_PER_FOLDER} files`, () => {
    const counts = Map.groupBy(OURS.flatMap(filesIn), dirname);
    const crowded = [...counts].filter(([, files]) => files.length > FILES_PER_FOLDER);
    expect(crowded.map(([folder, files]) => `${folder}: ${files.length}`)).toEqual([]);
  });

  it(`a source file has at most ${LINES_PER_FILE} lines`, () => {
    const long = OURS.flatMap(sourcesIn).filter((path) => linesOf(path) > LINES_PER_FILE);
    expect(long.map((path) => `${path}: ${linesOf(path)}`)).toEqual([]);
  });
});
