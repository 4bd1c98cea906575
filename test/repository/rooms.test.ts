import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";

/** Which rooms of `lambdas/` each room may look into. Entry files wire all of them together and decide nothing. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  ports: ["core"],
  flow: ["core", "ports"],
  aws: ["core", "ports"],
  net: ["core", "ports"],
  edge: ["core", "ports"],
  metrics: ["core", "ports"],
  entry: ["core", "ports", "flow", "aws", "net", "edge", "metrics"],
};
const LONGEST = 250;

const files = globSync("lambdas/**/*.ts").sort();
const roomOf = (path: string) => {
  const [, room = "", rest] = path.split("/");
  if (rest !== undefined) return room;
  return room === "ports.ts" ? "ports" : "entry";
};
const importsOf = (path: string) =>
  [...readFileSync(path, "utf8").matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map(([, target = ""]) =>
    normalize(join(dirname(path), target)),
  );

describe("the rooms", () => {
  it.each(files)("%s looks only where its room may", (path) => {
    const room = roomOf(path);
    const others = importsOf(path)
      .map(roomOf)
      .filter((other) => other !== room);
    expect(importsOf(path).filter((target) => !target.startsWith("lambdas/"))).toEqual([]);
    expect(others.filter((other) => !ARROWS[room]?.includes(other))).toEqual([]);
  });

  it.each(globSync("lambdas/*.ts").filter((path) => roomOf(path) === "entry"))(
    "%s is wiring only: it decides nothing",
    (path) => {
      expect(readFileSync(path, "utf8")).not.toMatch(/\bif \(|\bswitch \(|\bwhile \(|\bfor \(/);
    },
  );

  it("core asks no clock, no random and no AWS", () => {
    for (const path of files.filter((one) => roomOf(one) === "core")) {
      expect(readFileSync(path, "utf8"), path).not.toMatch(
        /Date\.now|Math\.random|@aws-sdk|process\.env|randomBytes|performance\.now/,
      );
    }
  });

  it.each([...files, ...globSync(["lib/**/*.ts", "local/**/*.ts", "bin/**/*.ts"])])(
    "%s is one room, not two",
    (path) => {
      expect(readFileSync(path, "utf8").split("\n").length).toBeLessThanOrEqual(LONGEST);
    },
  );
});
