import { afterAll } from "vitest";

const LINES_MAX = 500;

interface Task {
  readonly result?: { readonly state?: string } | undefined;
  readonly tasks?: readonly Task[];
}

/**
 * If a test of the file failed, prints the functions' log lines of level WARN and ERROR and their failed invocations.
 * Otherwise they would be lost.
 * @param logsOf the service's log lines so far, or `undefined` if it has not started
 */
export function showWarnings(logsOf: () => readonly string[] | undefined): void {
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads the requested fixtures from this parameter.
  afterAll(({}, file) => {
    if (!hasFailed(file)) return;
    const warnings = (logsOf() ?? []).filter((line) => /"level":"(WARN|ERROR)"|^\S+: invocation /.test(line));
    const shown = warnings.slice(-LINES_MAX);
    process.stderr.write(`The functions warned ${warnings.length} times. The last lines:\n${shown.join("\n")}\n`);
  });
}

function hasFailed({ result, tasks = [] }: Task): boolean {
  return result?.state === "fail" || tasks.some(hasFailed);
}
