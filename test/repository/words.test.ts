import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** Words that code, messages and docs do not use, and their replacements. */
const BANNED: Readonly<Record<string, string>> = {
  whoever: "anyone who, or the caller",
  whither: "where",
  thereof: "of it",
  "bequeath\\w*": "move",
  "heirs?": "successor",
  "in (the|its|their|another's|whose) stead": "on behalf of",
  insteadOf: "onBehalfOf",
  "in earnest": "nothing",
  "last words?": "final outcome",
  "poison\\w*": "rejected event",
  taught: "applied",
  "lessons?": "batch result",
  "wish(es|ed)?": "request",
  dice: "random numbers",
  "couriers?": "webhook client",
  doors: "ingest routes",
  lanes: "fair queue",
  doomed: "bound to fail",
  "condemn\\w*": "suspend",
  "mend(s|ed|ing)?": "fix",
  told: "published, logged or passed",
  "hand(s|ed|ing)? over": "move",
  "promised? (a )?wake-ups?": "schedule",
  "well again": "works again",
  "fresh looks?": "early probe",
};
const PATTERN = new RegExp(`\\b(${Object.keys(BANNED).join("|")})\\b`, "i");
/** The list itself, texts of others, and the table of old names. */
const EXEMPT = /^(test\/fixtures\/|test\/repository\/words\.test\.ts$|CHANGELOG\.md$|package-lock\.json$)/;

describe("the words of the repository", () => {
  it("no file contains a banned word", () => {
    const files = execFileSync("git", [
      "ls-files",
      "*.ts",
      "*.tsx",
      "*.css",
      "*.js",
      "*.html",
      "*.md",
      "*.json",
      "*.jsonc",
      ".ci/*",
    ])
      .toString()
      .split("\n")
      .filter((path) => path !== "" && !EXEMPT.test(path) && existsSync(path));
    const found = files.flatMap((path) =>
      readFileSync(path, "utf8")
        .split("\n")
        .flatMap((line, index) => {
          const word = PATTERN.exec(line)?.[0];
          return word === undefined ? [] : [`${path}:${index + 1}: "${word}"`];
        }),
    );
    expect(found).toEqual([]);
  });
});
