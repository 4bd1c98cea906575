import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { PAGES, withTables } from "../../bin/docs.ts";

const README_LINES = 200;
const SENTENCE_WORDS = 18;
const ADR_SECTIONS = ["Status", "Context", "Decision", "Consequences"];

const pages = globSync("**/*.md", { exclude: (path) => /(^|\/)(node_modules|cdk\.out[^/]*|\.\w+)$/.test(path) }).sort();
const records = globSync("docs/adr/0*.md").sort();
const textOf = (path: string) => readFileSync(path, "utf8");
const withoutCode = (text: string) => text.replaceAll(/^```.*?^```$/gms, "");

/** The anchors of a page, made from its headings like on GitHub. */
function anchorsOf(path: string): string[] {
  return [...withoutCode(textOf(path)).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, "")
      .replaceAll(" ", "-"),
  );
}

function brokenLinksOf(path: string): string[] {
  const targets = [...withoutCode(textOf(path)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
  return targets.filter((target) => {
    if (/^\w+:/.test(target)) return false;
    const [file = "", anchor] = target.split("#");
    const linked = file === "" ? path : normalize(join(dirname(path), file));
    if (!existsSync(linked)) return true;
    return anchor !== undefined && !anchorsOf(linked).includes(anchor);
  });
}

/** Paths in code marks or commands, such as `lambdas/shared/limits.ts`, without those that have a placeholder. */
function missingPathsOf(path: string): string[] {
  const named = [...textOf(path).matchAll(/(?<![\w./-])(?:lambdas|lib|local|bin|bench|test|examples)\/[\w./-]*/g)];
  return named
    .map(([name]) => name.replace(/\.$/, ""))
    .filter((name) => !existsSync(name) && !existsSync(`${name}.ts`));
}

/** The words of each sentence in prose and list items, without code blocks, tables, headings and diagrams. */
function sentencesOf(path: string): number[] {
  const prose = withoutCode(textOf(path))
    .replaceAll(/<!--.*?-->/gs, "")
    .replaceAll(/^(\||#).*$/gm, "\n")
    .replaceAll(/^\s*(-|\d+\.) /gm, "\n\n")
    .replaceAll(/\]\([^)]*\)/g, "]")
    .replaceAll(/`[^`]*`/g, "code");
  return prose
    .split(/\n\s*\n|(?<=[.!?])["*)]*\s+/)
    .map((sentence) => sentence.split(/\s+/).filter((word) => /\w/.test(word)).length)
    .filter((words) => words > 0);
}

describe("the documentation", () => {
  it.each(pages)("%s links only to pages and headings that exist", (path) => {
    expect(brokenLinksOf(path)).toEqual([]);
  });

  it.each(pages.filter((path) => path !== "CHANGELOG.md"))("%s names only files that exist", (path) => {
    expect(missingPathsOf(path)).toEqual([]);
  });

  it("README.md fits on one page", () => {
    expect(textOf("README.md").split("\n").length - 1).toBeLessThanOrEqual(README_LINES);
  });

  it.each(pages.filter((path) => path !== "CHANGELOG.md"))("%s has short sentences", (path) => {
    const words = sentencesOf(path);
    const mean = words.reduce((sum, count) => sum + count, 0) / Math.max(1, words.length);
    expect(mean).toBeLessThan(SENTENCE_WORDS);
  });

  it("every page is linked from README.md or from the list of decisions", () => {
    const linked = ["README.md", "docs/adr/README.md"].flatMap((path) =>
      [...textOf(path).matchAll(/\]\(([^)#\s]+\.md)/g)].map(([, target = ""]) =>
        normalize(join(dirname(path), target)),
      ),
    );
    expect(pages.filter((path) => path.startsWith("docs/") && !linked.includes(path))).toEqual([]);
  });

  it.each(Object.keys(PAGES))("%s has the current tables of the code, which npm run docs writes", (path) => {
    expect(withTables(path, textOf(path)) === textOf(path)).toBe(true);
  });
});

describe("the decision records", () => {
  it("decision records are numbered from 1 without a gap", () => {
    expect(records.map((path) => Number(path.slice("docs/adr/".length).slice(0, 4)))).toEqual(
      records.map((_, i) => i + 1),
    );
  });

  it.each(records)("the decision record %s has status, context, decision and consequences", (path) => {
    const headings = [...textOf(path).matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(ADR_SECTIONS);
    expect(textOf(path)).toMatch(new RegExp(`^# ${Number(path.slice("docs/adr/".length).slice(0, 4))}\\. `));
  });
});
