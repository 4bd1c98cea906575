/** `npm run demo`: a receiver goes down and recovers. Prints each step, and counted figures at the end. */
import { writeFileSync } from "node:fs";
import { parseArgs, styleText } from "node:util";
import { figuresOf, unmetGuarantees } from "../local/demo/figures.ts";
import { startReceiver } from "../local/demo/receiver.ts";
import { POSTS_WHILE_DOWN_MAX, runScenario, SCHEDULE, SCHEDULE_IN_WORDS } from "../local/demo/scenario.ts";
import { openScreen } from "../local/demo/screen.ts";
import { summaryOf } from "../local/demo/summary.ts";
import { defaultSchedule } from "../local/emulator/default-schedule.ts";
import { readyKey } from "../local/emulator/ready-key.ts";
import { type Service, startService } from "../local/emulator/service.ts";

const HELP = `Runs a demo of Rappel on this machine, in memory, in about 70 s:
a receiver goes down, 1,000 events wait, and none is lost.

  npm run demo                      runs the demo
  npm run demo -- --json FILE       writes the figures to FILE too
  npm run demo -- --help            shows this

The exit code is 1 if a figure breaks a guarantee of Rappel.
`;
/** A stop that takes longer is cut short: the demo keeps no data. */
const STOP_MS = 1_900;

const flags = (() => {
  try {
    return parseArgs({ options: { json: { type: "string" }, help: { type: "boolean", default: false } } }).values;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
    process.exit(2);
  }
})();
if (flags.help) {
  process.stdout.write(HELP);
  process.exit(0);
}

let service: Service | undefined;
let isStopping = false;
async function stop(code: number): Promise<never> {
  isStopping = true;
  setTimeout(() => process.exit(code), STOP_MS).unref();
  await service?.stop();
  process.exit(code);
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    // npm forwards the signal that the terminal has already sent, so the second one is ignored.
    if (isStopping) return;
    console.log("\nstopping …");
    void stop(130);
  });
}

try {
  const screen = openScreen(process.stdout, performance.now());
  screen.line();
  screen.line(`  ${styleText("bold", "Rappel: a receiver goes down and recovers, and no event is lost")}`);
  screen.line("  The whole service in memory: its functions, queues, table and Scheduler.");
  screen.line(`  Retries after ${SCHEDULE_IN_WORDS}, instead of 10 x 30 s, then 10 x 30 min.`);
  screen.line("  The Scheduler fires at whole seconds, so a wait of 1 s can take 2.");
  const failures: string[] = [];
  service = await startService({
    port: 0,
    overrides: defaultSchedule(SCHEDULE),
    meter: true,
    log: { line: () => undefined, failed: (name, reason, message) => failures.push(`${name} ${reason}: ${message}`) },
    progress: (line) => screen.line(styleText("dim", `  ${line}`)),
  });
  void service.failed.then(({ message }) => {
    if (isStopping) return;
    console.error(`\n${message} The demo stops.`);
    void stop(1);
  });
  const startedAt = performance.now();
  const receiver = await startReceiver();
  const key = await readyKey(service.table);
  const result = await runScenario({ service, key, receiver, screen: openScreen(process.stdout, startedAt) });
  const figures = figuresOf({
    ...result,
    posts: receiver.posts,
    postsWhileDownMax: POSTS_WHILE_DOWN_MAX,
    schedulesMost: service.meter?.schedules.mostOf(result.endpoint) ?? 0,
    counts: service.meter?.ledger.counts() ?? [],
    seconds: (performance.now() - startedAt) / 1_000,
  });
  console.log(summaryOf(figures));
  if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(figures, undefined, 2)}\n`);
  const violations = [...unmetGuarantees(figures), ...failures];
  for (const violation of violations) console.error(`  Guarantee broken: ${violation}`);
  await stop(violations.length === 0 ? 0 : 1);
} catch (error) {
  if (!isStopping) {
    console.error(error instanceof Error ? error.message : error);
    await stop(1);
  }
}
