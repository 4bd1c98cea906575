/**
 * `npm run bench:bad-receivers`: does a bad receiver delay the events of a neighbour? 33 receivers each do something that no
 * specification allows for. For each of them, ten endpoints of another account get events, while a neighbour gets 50 events a
 * second. The neighbour's p50 and p99 are compared with those beside ten good endpoints with the same traffic, measured just
 * before and after.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import * as z from "zod";
import { type Caller, startRappel } from "../../test/e2e/support/harness.ts";
import { startReceiver } from "../../test/e2e/support/receiver.ts";
import { latenciesMs, quantile } from "../arrivals.ts";
import { MODES } from "./modes.ts";

// All ours.
const NEIGHBOUR_PER_SECOND = 50;
const BAD_PER_SECOND = 5; // events; each goes to every endpoint of its account
const ENDPOINTS = 10;
const SECONDS = 10;
const SETTLE_MS = 2_000;
const HOSTILE_ACCOUNTS = 4;
const HOSTILE_ENDPOINTS = 50; // in each account
const HOSTILE_PER_SECOND = 1; // events to each account: 200 POSTs a second in all
const HOSTILE_SECONDS = 60;
const HOSTILE_MODES = 10;
const LATE_MS = 60_000;

interface Measured {
  readonly p50: number;
  readonly p99: number;
  readonly lost: number;
  readonly peakMb: number;
}

const HELP = `Measures whether bad receivers delay the events of a neighbour, in about 20 minutes.

  npm run bench:bad-receivers                   ten endpoints of each of 33 bad receivers, one after the other
  npm run bench:bad-receivers -- --only tls     only those with this in their name
  npm run bench:bad-receivers -- --hostile      200 endpoints of ten modes in four accounts at once
  npm run bench:bad-receivers -- --help         shows this`;

const { values } = parseArgs({
  options: {
    hostile: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const child = fork(new URL("process.ts", import.meta.url));
const [message] = await once(child, "message");
const ports = z.record(z.string(), z.number()).parse(message);
const rappel = await startRappel();
let accounts = 0;
try {
  if (values.hostile) await runHostile();
  else await runEach(Object.keys(MODES).filter((name) => name.includes(values.only)));
} finally {
  child.disconnect();
  await rappel.stop();
}

async function runEach(modes: readonly string[]): Promise<void> {
  await measure(["good"], 1, ENDPOINTS, SECONDS, BAD_PER_SECOND); // warms up
  let worst = 0;
  let before = await measure(["good"], 1, ENDPOINTS, SECONDS, BAD_PER_SECOND);
  for (const mode of modes) {
    const beside = await measure([mode], 1, ENDPOINTS, SECONDS, BAD_PER_SECOND);
    const after = await measure(["good"], 1, ENDPOINTS, SECONDS, BAD_PER_SECOND);
    const [p50, p99] = [beside.p50 / mean(before.p50, after.p50), beside.p99 / mean(before.p99, after.p99)];
    worst = Math.max(worst, p50, p99);
    console.log(`${mode.padEnd(30)} p50 ${ratio(p50)}  p99 ${ratio(p99)}  ${inWords(beside)}`);
    before = after;
  }
  console.log(`worst ratio: ${worst.toFixed(2)}`);
}

async function runHostile(): Promise<void> {
  const all = Object.keys(MODES);
  const modes =
    values.only === ""
      ? all.filter((_, n) => n % Math.floor(all.length / HOSTILE_MODES) === 0)
      : [...all, "good"].filter((name) => name.includes(values.only));
  await measure([], 0, 0, SECONDS, 0);
  const alone = await measure([], 0, 0, SECONDS, 0);
  console.log(`alone: ${inWords(alone)}`);
  const beside = await measure(modes, HOSTILE_ACCOUNTS, HOSTILE_ENDPOINTS, HOSTILE_SECONDS, HOSTILE_PER_SECOND);
  console.log(`beside ${HOSTILE_ACCOUNTS * HOSTILE_ENDPOINTS} hostile endpoints: ${inWords(beside)}`);
  console.log(`p50 ${ratio(beside.p50 / alone.p50)}  p99 ${ratio(beside.p99 / alone.p99)}`);
}

/** The neighbour's latencies, while `count` accounts have endpoints of these modes. */
async function measure(
  modes: readonly string[],
  count: number,
  endpoints: number,
  seconds: number,
  perSecond: number,
): Promise<Measured> {
  const neighbour = await rappel.callerOf(`neighbour-${accounts++}`);
  const receiver = await startReceiver();
  await register(neighbour, receiver.url);
  const bad: Caller[] = [];
  for (let n = 0; n < count; n++) {
    const caller = await rappel.callerOf(`bad-${accounts++}`);
    for (let at = 0; at < endpoints; at++)
      await register(caller, `http://127.0.0.1:${ports[modes[(n * endpoints + at) % modes.length] ?? ""]}/${at}`);
    bad.push(caller);
  }
  const stop = new AbortController();
  const noise = Promise.all(bad.map((caller) => pace(perSecond, stop.signal, () => post(caller))));
  await sleep(SETTLE_MS);
  const sent = new Map<string, number>();
  let peak = process.memoryUsage.rss();
  const done = AbortSignal.timeout(seconds * 1_000);
  await pace(NEIGHBOUR_PER_SECOND, done, async () => {
    const at = Date.now();
    const id = await post(neighbour);
    if (id !== undefined) sent.set(id, at);
    peak = Math.max(peak, process.memoryUsage.rss());
  });
  const until = Date.now() + LATE_MS;
  while (receiver.received.length < sent.size && Date.now() < until) await sleep(20);
  stop.abort();
  await noise;
  for (const caller of bad) await removeAll(caller);
  const taken = new Map<string, number[]>();
  for (const { headers, at } of receiver.received) {
    const id = headers["webhook-id"] ?? "";
    taken.set(id, [...(taken.get(id) ?? []), at]);
  }
  await receiver.stop();
  const took = latenciesMs(sent, taken);
  const megabytes = Math.round(peak / 1024 / 1024);
  return { p50: quantile(took, 0.5), p99: quantile(took, 0.99), lost: sent.size - took.length, peakMb: megabytes };
}

async function register(caller: Caller, url: string): Promise<void> {
  const { status, text } = await caller.call("POST", "/v1/endpoints", { url, eventTypes: ["*"] });
  if (status !== 201) throw new Error(`Cannot register ${url}: ${text}`);
}

async function removeAll(caller: Caller): Promise<void> {
  const Page = z.object({ data: z.array(z.object({ id: z.string() })) });
  const { data } = Page.parse((await caller.call("GET", "/v1/endpoints?limit=100")).json);
  for (const { id } of data) await caller.call("DELETE", `/v1/endpoints/${id}`);
}

/** @returns the event's id; none if it was refused */
async function post(caller: Caller): Promise<string | undefined> {
  const { status, json } = await caller.call("POST", "/v1/events", { type: "t", data: {} });
  return status === 202 ? z.object({ id: z.string() }).parse(json).id : undefined;
}

/** Calls `send` at an even pace until the signal, without waiting for earlier calls. */
async function pace(perSecond: number, signal: AbortSignal, send: () => Promise<unknown>): Promise<void> {
  const begun = performance.now();
  const calls: Promise<unknown>[] = [];
  for (let n = 0; !signal.aborted; n++) {
    await sleep(Math.max(0, begun + (n * 1_000) / perSecond - performance.now()));
    calls.push(send().catch(() => undefined));
  }
  await Promise.all(calls);
}

function mean(one: number, other: number): number {
  return (one + other) / 2;
}

function ratio(value: number): string {
  return `${value.toFixed(2)} times`;
}

function inWords({ p50, p99, lost, peakMb }: Measured): string {
  return `p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, ${lost} missing, memory up to ${peakMb} MB`;
}
