/**
 * `npm run bench:throughput`: how many single events per second `npm start` accepts and delivers on this machine, this
 * process included, which sends and receives them. With `--busy` other processes compete for the processors: nothing may
 * then be lost or POSTed twice.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { basename, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startLoad } from "./load.ts";
import { startMeasured } from "./measured-service.ts";

const HELP = `Measures how many single events per second npm start accepts and delivers on this machine.

  npm run bench:throughput                          sends 4,000 events by 64 connections, each as soon as the last one is accepted
  npm run bench:throughput -- --against ../before   measures another checkout first
  npm run bench:throughput -- --events 10000        another number of events
  npm run bench:throughput -- --connections 200     another number of connections
  npm run bench:throughput -- --busy 16             while as many other processes keep the processors busy
  npm run bench:throughput -- --help                shows this`;

const HERE = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");
const WARM_EVENTS = 1_500; // until the functions' code is compiled
const WITHIN_MS = 600_000;
const LATE_MS = 8_000; // for POSTs that are repeated after a refusal: longer than three calls that time out

const { values } = parseArgs({
  options: {
    against: { type: "string" },
    events: { type: "string", default: "4000" },
    connections: { type: "string", default: "64" },
    busy: { type: "string", default: "0" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const events = whole("events", values.events, 1);
const connections = whole("connections", values.connections, 1);
const busy = whole("busy", values.busy, 0);

console.log("| | starts, s | accepted/s | delivered/s | refused | not delivered | extra POSTs |");
console.log("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
let isBroken = false;
for (const directory of [...(values.against === undefined ? [] : [resolve(values.against)]), HERE])
  await measure(directory);
process.exit(isBroken ? 1 : 0);

async function measure(directory: string): Promise<void> {
  // The first start after a change of the sources synthesises: the second one is measured.
  await (await startMeasured(directory)).stop();
  const service = await startMeasured(directory);
  const load = await startLoad(service);
  await load.run({ events: WARM_EVENTS, connections: 16, withinMs: WITHIN_MS });
  const others = Array.from(
    { length: busy },
    (): ChildProcess => spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" }),
  );
  const stopOthers = () => {
    for (const other of others) other.kill();
  };
  process.once("exit", stopOthers);
  const extraBefore = load.extraPosts();
  const result = await load.run({ events, connections, withinMs: WITHIN_MS });
  await sleep(LATE_MS);
  stopOthers();
  const extraPosts = load.extraPosts() - extraBefore;
  const missing = result.accepted - result.arrived;
  const refused = [...result.refused].map(([status, times]) => `${times} x ${status}`).join(", ") || "0";
  const perSecond = (count: number, seconds: number) => (count / seconds).toFixed(0);
  const speeds = [perSecond(result.accepted, result.acceptSeconds), perSecond(result.arrived, result.arriveSeconds)];
  console.log(
    `| ${[basename(directory), service.startSeconds.toFixed(1), ...speeds, refused, missing, extraPosts].join(" | ")} |`,
  );
  if (missing > 0 || extraPosts > 0) isBroken = directory === HERE;
  await load.stop();
  await service.stop();
}

function whole(name: string, text: string, min: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= min && number <= 1_000_000) return number;
  throw new RangeError(`Cannot use --${name} ${text}: need a whole number from ${min} to 1000000`);
}
