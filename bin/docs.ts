/** `npm run docs`: writes the README's tables of routes and limits from the code; with `--check` only tells whether they are its. */
import { readFileSync, writeFileSync } from "node:fs";
import { EVENT_TYPES } from "../lambdas/events/model/event-type-catalog.ts";
import { ROUTES } from "../lambdas/http/routes.ts";
import { LIMITS } from "../lambdas/shared/limits.ts";

const README = new URL("../README.md", import.meta.url);
const LIMITS_SOURCE = new URL("../lambdas/shared/limits.ts", import.meta.url);

function routesTable(): string {
  const rows = ROUTES.map(
    ({ method, path, scope, isOperators, summary, answer }) =>
      `| \`${method} ${path}\` | ${scope === "public" ? "none" : scope}${isOperators ? ", operator" : ""} | ${answer.status} | ${summary.replaceAll("|", "\\|")} |`,
  );
  return ["| Route | Scope | Answer | |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

function eventTypesTable(): string {
  const rows = EVENT_TYPES.map(({ source, type, description }) => `| \`${source}\` | \`${type}\` | ${description} |`);
  return ["| Source | Type | |", "| --- | --- | --- |", ...rows].join("\n");
}

/** The limits' meanings stand in their comments: a number and its reason are changed in one place. */
function limitsTable(): string {
  const rows = [...readFileSync(LIMITS_SOURCE, "utf8").matchAll(/\/\*\* ([^*]+) \*\/\n\s+(\w+):/g)].flatMap(
    ([, meaning, name = ""]) => {
      const value: unknown = Reflect.get(LIMITS, name);
      return typeof value === "number" ? [`| \`${name}\` | ${value.toLocaleString("en")} | ${meaning} |`] : [];
    },
  );
  if (rows.length !== Object.keys(LIMITS).length)
    throw new Error(`Only ${rows.length} of ${Object.keys(LIMITS).length} limits have a comment of their own`);
  return ["| Limit | | |", "| --- | ---: | --- |", ...rows].join("\n");
}

/** The README as the code would have it. */
export function withTables(readme: string): string {
  const tables = { routes: routesTable(), "event-types": eventTypesTable(), limits: limitsTable() };
  return Object.entries(tables).reduce((text, [name, table]) => {
    const marked = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`);
    if (!marked.test(text)) throw new Error(`The README has no place for the table of ${name}`);
    return text.replace(marked, (_, before: string, after: string) => `${before}${table}\n${after}`);
  }, readme);
}

if (import.meta.main) {
  const present = readFileSync(README, "utf8");
  const wanted = withTables(present);
  if (process.argv.includes("--check") && present !== wanted) {
    console.error("The README's tables are not the code's: run npm run docs");
    process.exit(1);
  }
  writeFileSync(README, wanted);
}
