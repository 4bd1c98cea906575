/** `npm run docs`: generates the tables of the docs, and the types of the API, from the code. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { OUTCOME_MEANINGS, OUTCOMES } from "../lambdas/delivery/model/attempt.ts";
import { EVENT_TYPES } from "../lambdas/events/model/event-type-catalog.ts";
import { ROUTES } from "../lambdas/http/routes.ts";
import { LIMIT_SECTIONS } from "../lambdas/shared/limits.ts";

const HELP = `Generates the tables of the docs, and the types of the API in client/schema.ts, from the code.

  npm run docs                writes the files that have changed
  npm run docs -- --check     writes nothing; the exit code is 1 if a file is out of date
  npm run docs -- --help      shows this
`;

const REPOSITORY = new URL("../", import.meta.url);
const TYPES = "client/schema.ts";
const LIMITS_FOLDER = new URL("lambdas/shared/limits/", REPOSITORY);

/** Each page with its tables. A table `name` is between `<!-- name -->` and `<!-- /name -->`. */
export const PAGES: Readonly<Record<string, Readonly<Record<string, () => string>>>> = {
  "docs/api.md": { routes: routesTable, "event-types": eventTypesTable },
  "docs/limits.md": { limits: limitsTables },
  "docs/retries.md": { outcomes: outcomesTable },
};

function table(head: string, align: string, rows: readonly (readonly string[])[]): string {
  const lines = rows.map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`);
  return [head, align, ...lines].join("\n");
}

function routesTable(): string {
  const rows = ROUTES.map(({ method, path, scope, isOperators, summary, answer }) => [
    `\`${method} ${path}\``,
    `${scope === "public" ? "none" : scope}${isOperators ? ", operator" : ""}`,
    String(answer.status),
    summary,
  ]);
  return table("| Route | Scope | Status | What it does |", "| --- | --- | --- | --- |", rows);
}

function eventTypesTable(): string {
  const rows = EVENT_TYPES.map(({ source, type, description }) => [`\`${source}\``, `\`${type}\``, description]);
  return table("| Source | Type | Meaning |", "| --- | --- | --- |", rows);
}

function outcomesTable(): string {
  const rows = OUTCOMES.map((outcome) => [`\`${outcome}\``, OUTCOME_MEANINGS[outcome]]);
  return table("| Outcome | Meaning |", "| --- | --- |", rows);
}

/** One table per section. A limit's unit and meaning are its comment in the code, so number and reason change together. */
function limitsTables(): string {
  return LIMIT_SECTIONS.map(({ title, file, limits }) => `## ${title}\n\n${limitsTable(file, limits)}`).join("\n\n");
}

function limitsTable(file: string, limits: Readonly<Record<string, number>>): string {
  const source = readFileSync(new URL(file, LIMITS_FOLDER), "utf8");
  const comments = [...source.matchAll(/\/\*\* ([^*]+) \*\/\n\s+(\w+):/g)];
  const meanings = new Map(comments.map(([, meaning = "", name = ""]) => [name, meaning]));
  const rows = Object.entries(limits).map(([name, value]) => {
    const meaning = meanings.get(name);
    if (meaning === undefined) throw new Error(`The limit ${name} in ${file} has no one-line comment`);
    return [`\`${name}\``, value.toLocaleString("en"), meaning];
  });
  return table("| Limit | Value | Unit and meaning |", "| --- | ---: | --- |", rows);
}

/** The page with its generated tables. @throws {Error} if the page has no markers for one of its tables */
export function withTables(path: string, text: string): string {
  return Object.entries(PAGES[path] ?? {}).reduce((page, [name, write]) => {
    const marked = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`);
    if (!marked.test(page)) throw new Error(`${path} has no <!-- ${name} --> and <!-- /${name} --> markers`);
    return page.replace(marked, (_, before: string, after: string) => `${before}${write()}\n${after}`);
  }, text);
}

function readFlags() {
  try {
    return parseArgs({
      options: { check: { type: "boolean", default: false }, help: { type: "boolean", default: false } },
    }).values;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
    process.exit(2);
  }
}

if (import.meta.main) {
  const { check: isCheck, help } = readFlags();
  if (help) {
    process.stdout.write(HELP);
    process.exit(0);
  }
  const update = (path: string, present: string, wanted: string) => {
    if (present === wanted) return;
    if (isCheck) {
      console.error(`${path} is out of date: run npm run docs`);
      process.exitCode = 1;
    } else {
      writeFileSync(new URL(path, REPOSITORY), wanted);
      console.log(`${path} updated`);
    }
  };
  for (const path of Object.keys(PAGES)) {
    const present = readFileSync(new URL(path, REPOSITORY), "utf8");
    update(path, present, withTables(path, present));
  }
  // Loaded only here: it takes a second.
  const { generatedTypes } = await import("../client/generate-types.ts");
  const types = new URL(TYPES, REPOSITORY);
  update(TYPES, existsSync(types) ? readFileSync(types, "utf8") : "", await generatedTypes());
}
