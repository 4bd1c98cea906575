/**
 * `npm run bench:cpu`: the CPU time of each part of `npm start` per delivery, at an even pace and with a full queue, in
 * which a receive returns ten messages. With `--against` it compares two directories: their services run side by side and
 * take turns, so that both see the same machine.
 */
import { mkdirSync } from "node:fs";
import { basename, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Load, type LoadPlan, startLoad } from "./load.ts";
import { type MeasuredService, startMeasured, type Usage } from "./measured-service.ts";

const HELP = `Measures CPU milliseconds per delivery of single events, for each function and engine of npm start.

  npm run bench:cpu                           this directory, 50 events per second and a full queue
  npm run bench:cpu -- --against ../before    compares with another checkout, in turns
  npm run bench:cpu -- --per-second 100       another pace
  npm run bench:cpu -- --seconds 20           seconds of each measurement at that pace
  npm run bench:cpu -- --rounds 3             measurements of each directory; the median counts
  npm run bench:cpu -- --profile profiles     also writes a CPU profile of each thread
  npm run bench:cpu -- --help                 shows this`;

const HERE = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");
const WARM_EVENTS = 1_500; // until the functions' code is compiled
const FULL_QUEUE_EVENTS = 2_000;
const FULL_QUEUE_CONNECTIONS = 64;
const WITHIN_MS = 120_000;
const QUIET_MS = 1_500; // until the last events are recorded and deleted from the queue
/** The functions of a delivery. */
const FUNCTIONS = ["dispatch", "accept"];

const { values } = parseArgs({
  options: {
    against: { type: "string" },
    "per-second": { type: "string", default: "50" },
    seconds: { type: "string", default: "20" },
    rounds: { type: "string", default: "3" },
    profile: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const perSecond = whole("per-second", values["per-second"]);
const seconds = whole("seconds", values.seconds);
const rounds = whole("rounds", values.rounds);

interface Side {
  readonly directory: string;
  readonly service: MeasuredService;
  readonly load: Load;
}

/** CPU ms per delivery by part, and messages per invocation of dispatch. */
interface Measured {
  readonly perDelivery: ReadonlyMap<string, number>;
  readonly batch: number;
}

const MODES: Readonly<Record<string, LoadPlan>> = {
  [`${perSecond}/s`]: { events: perSecond * seconds, perSecond, connections: 64, withinMs: WITHIN_MS },
  "full queue": { events: FULL_QUEUE_EVENTS, connections: FULL_QUEUE_CONNECTIONS, withinMs: WITHIN_MS },
};

const directories = [...(values.against === undefined ? [] : [resolve(values.against)]), HERE];
const sides: Side[] = [];
for (const directory of directories) {
  const service = await startMeasured(directory);
  sides.push({ directory, service, load: await startLoad(service) });
  console.log(`${directory}: ready after ${service.startSeconds.toFixed(1)} s`);
}
for (const { load } of sides) await load.run({ events: WARM_EVENTS, connections: 16, withinMs: WITHIN_MS });
await sleep(QUIET_MS);
for (const [mode, plan] of Object.entries(MODES)) await compare(mode, plan);
for (const { load, service } of sides) {
  await load.stop();
  await service.stop();
}
process.exit(0);

async function compare(mode: string, plan: LoadPlan): Promise<void> {
  const measured = new Map<Side, Measured[]>(sides.map((side) => [side, []]));
  for (let round = 0; round < rounds; round++)
    for (const [side, all] of measured) all.push(await measure(side, plan, `${mode.replace(/\W+/g, "-")}-${round}`));
  const results = [...measured.values()];
  const parts = [...new Set(results.flatMap((all) => all.flatMap(({ perDelivery }) => [...perDelivery.keys()])))];
  const msOf = (all: readonly Measured[], names: readonly string[]) =>
    median(all.map(({ perDelivery }) => names.reduce((sum, name) => sum + (perDelivery.get(name) ?? 0), 0)));
  const batches = results.map((all) => median(all.map(({ batch }) => batch)).toFixed(1)).join(" and ");
  console.log(`\n${mode}: CPU ms per delivery, ${batches} messages per invocation of dispatch\n`);
  const last = sides.length > 1 ? [" ratio |"] : [];
  console.log(`| | ${[...sides.map(({ directory }) => `${basename(directory)} |`), ...last].join(" ")}`);
  console.log(`| --- |${" ---: |".repeat(sides.length + last.length)}`);
  const row = (label: string, names: readonly string[]) => {
    const ms = results.map((all) => msOf(all, names));
    const [before = 0, after = 0] = ms;
    const ratio = sides.length > 1 ? ` ${(after / before).toFixed(2)} |` : "";
    console.log(`| ${label} | ${ms.map((each) => `${each.toFixed(2)} |`).join(" ")}${ratio}`);
  };
  for (const part of parts.filter((name) => results.some((all) => msOf(all, [name]) >= 0.01))) row(part, [part]);
  row("**dispatch and accept**", FUNCTIONS);
  row("**all**", parts);
}

async function measure({ service, load, directory }: Side, plan: LoadPlan, name: string): Promise<Measured> {
  const before = await service.usage();
  const running = load.run(plan);
  if (values.profile !== undefined) {
    const folder = resolve(values.profile, basename(directory), name);
    mkdirSync(folder, { recursive: true });
    await service.profile(folder, 4_000);
  }
  const { accepted, arrived, extraPosts } = await running;
  await sleep(QUIET_MS);
  const after = await service.usage();
  if (arrived < accepted || extraPosts > 0)
    console.log(`${directory}: ${arrived} of ${accepted} events arrived, with ${extraPosts} extra POSTs`);
  return {
    perDelivery: difference(before.cpuMs, after.cpuMs, 1 / arrived),
    batch: arrived / (difference(before.invocations, after.invocations).get("dispatch") ?? 0),
  };
}

function difference(before: Usage["cpuMs"], after: Usage["cpuMs"], factor = 1): Map<string, number> {
  return new Map([...after].map(([name, value]) => [name, (value - (before.get(name) ?? 0)) * factor]));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function whole(name: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= 10_000) return number;
  throw new RangeError(`Cannot use --${name} ${text}: need a whole number from 1 to 10000`);
}
