import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";

/** Pure decisions and values. Each room may import those above it. */
const MODELS = [
  "shared/limits",
  "shared",
  "payload",
  "retry/model",
  "events/model",
  "accounts/model",
  "endpoints/model",
  "delivery/model",
  "stats/model",
  "notifications/model",
  "mailjet/model",
];
/** What is done with them. Each room may import all models, the ports, and the rooms above it. */
const FLOWS = ["accounts", "endpoints", "events", "stats", "notifications", "delivery", "retry", "mailjet"];
const ADAPTERS = ["adapters/net", "adapters/metrics", "adapters/aws", "adapters/dynamodb"];
const HTTP = ["http/schemas", "http/views", "http/routes", "http"];

const above = (rooms: readonly string[], room: string) => rooms.slice(0, rooms.indexOf(room));

/** Which rooms of `lambdas/` each room may import, types included. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(MODELS.map((room) => [room, above(MODELS, room)])),
  ports: MODELS,
  ...Object.fromEntries(FLOWS.map((room) => [room, [...MODELS, "ports", ...above(FLOWS, room)]])),
  ...Object.fromEntries(HTTP.map((room) => [room, [...MODELS, "ports", ...above(HTTP, room)]])),
  ...Object.fromEntries(ADAPTERS.map((room) => [room, [...MODELS, "ports", ...above(ADAPTERS, room)]])),
  runtime: [...MODELS, "ports", ...FLOWS, ...ADAPTERS, "http/schemas"],
  entry: [...MODELS, "ports", ...FLOWS, ...ADAPTERS, ...HTTP, "runtime"],
};
const FILES_PER_FOLDER = 15;
const LINES_PER_FILE = 250;
const OURS = ["bench", "bin", "lambdas", "lib", "local", "test"];

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
const sourcesIn = (folder: string) => filesIn(folder).filter((path) => path.endsWith(".ts"));
const linesOf = (path: string) => readFileSync(path, "utf8").split("\n").length - 1;
const roomOf = (path: string) => dirname(path).replace(/^lambdas\/?/, "") || "entry";
const importsOf = (path: string) =>
  [...readFileSync(path, "utf8").matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map(([, target = ""]) =>
    normalize(join(dirname(path), target)),
  );

/** Every path from a file back to itself along imports, as `a > b > a`. */
function circlesIn(paths: readonly string[]): string[] {
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, trail: readonly string[]) => {
    if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(" > "));
    if (done.has(path) || trail.includes(path)) return;
    for (const target of importsOf(path)) if (target.endsWith(".ts")) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of paths) visit(path, []);
  return circles;
}

describe("the rooms of lambdas/", () => {
  it("import only what the table of arrows allows", () => {
    const forbidden = sourcesIn("lambdas").flatMap((path) =>
      importsOf(path)
        .filter((target) => {
          const [room, other] = [roomOf(path), roomOf(target)];
          return !target.startsWith("lambdas/") || (room !== other && !ARROWS[room]?.includes(other));
        })
        .map((target) => `${path} imports ${target}: ${roomOf(path)} may not import ${roomOf(target)}`),
    );
    expect(forbidden).toEqual([]);
  });

  it("are all named in the table of arrows, and no others are", () => {
    const rooms = new Set(sourcesIn("lambdas").map(roomOf));
    expect([...rooms].sort()).toEqual(Object.keys(ARROWS).sort());
  });

  it("have models that read no clock, no random numbers, no environment and no AWS", () => {
    const impure = /Date\.now|Math\.random|@aws-sdk|process\.env|randomBytes|performance\.now|\/ports\//;
    const paths = sourcesIn("lambdas").filter((path) => MODELS.includes(roomOf(path)));
    expect(paths.filter((path) => impure.test(readFileSync(path, "utf8")))).toEqual([]);
  });

  it("have entry files that wire and decide nothing", () => {
    const entries = sourcesIn("lambdas").filter((path) => roomOf(path) === "entry");
    expect(entries.map((path) => path.replace("lambdas/", ""))).toEqual([
      "accept.ts",
      "api.ts",
      "dispatch.ts",
      "erase.ts",
      "sweep.ts",
      "wake.ts",
    ]);
    const deciding = /\bif \(|\bswitch \(|\bwhile \(|\bfor \(/;
    expect(entries.filter((path) => deciding.test(readFileSync(path, "utf8")))).toEqual([]);
  });
});

describe("the source tree", () => {
  it("has no circle of imports, types included", () => {
    expect(circlesIn(OURS.flatMap(sourcesIn))).toEqual([]);
  });

  it(`has at most ${FILES_PER_FOLDER} files in a folder`, () => {
    const counts = Map.groupBy(OURS.flatMap(filesIn), dirname);
    const crowded = [...counts].filter(([, files]) => files.length > FILES_PER_FOLDER);
    expect(crowded.map(([folder, files]) => `${folder}: ${files.length}`)).toEqual([]);
  });

  it(`has at most ${LINES_PER_FILE} lines in a file`, () => {
    const long = OURS.flatMap(sourcesIn).filter((path) => linesOf(path) > LINES_PER_FILE);
    expect(long.map((path) => `${path}: ${linesOf(path)}`)).toEqual([]);
  });
});
