import { afterAll } from "vitest";

const LINES_MAX = 500;

interface Task {
  readonly result?: { readonly state?: string } | undefined;
  readonly tasks?: readonly Task[];
}

/**
 * Where a story of the file has failed, shows what the functions warned of meanwhile: lines of level WARN and ERROR, and
 * failed invocations. Whoever reads a red run has no other way to know.
 * @param logsOf what a service has logged so far, if it has started
 */
export function showWarnings(logsOf: () => readonly string[] | undefined): void {
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads there what a hook wants of it.
  afterAll(({}, file) => {
    if (!hasFailed(file)) return;
    const warnings = (logsOf() ?? []).filter((line) => /"level":"(WARN|ERROR)"|^\S+: invocation /.test(line));
    const shown = warnings.slice(-LINES_MAX);
    process.stderr.write(`The functions warned ${warnings.length} times, at last:\n${shown.join("\n")}\n`);
  });
}

function hasFailed({ result, tasks = [] }: Task): boolean {
  return result?.state === "fail" || tasks.some(hasFailed);
}
