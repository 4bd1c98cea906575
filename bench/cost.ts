/**
 * `npm run cost`: what a million events cost on AWS, in dollars. Sends some through the whole service on this machine,
 * counts on the way to the local engines what AWS would bill, and multiplies. Counts are AWS's; how long functions ran, and
 * how many messages met in one receive, are this machine's: both are told.
 */
import { parseArgs } from "node:util";
import { LIMITS } from "../lambdas/shared/limits.ts";
import { billOf, dollarsOf, isByTheClock } from "../local/emulator/usage-meter/bill.ts";
import type { Count } from "../local/emulator/usage-meter/ledger.ts";
import { BYTE_PRICES, PRICED_AT, PRICED_IN, type Unit } from "../local/emulator/usage-meter/prices.ts";
import { dollarsFor } from "../local/emulator/usage-meter/usage.ts";
import { type CostRun, callsOf, runForCost } from "./cost-run.ts";

const MILLION = 1_000_000;
const GB = 1_000_000_000;
/** DynamoDB bills so much for each item beside its own bytes. Source: "DynamoDB item sizes and formats". */
const ITEM_OVERHEAD_BYTES = 100;
const MONTH_DAYS = 30;
const RUN_MAX = 5_000; // events really sent, at most: under two minutes on two cores
const RUN_BYTES_MAX = 50_000_000; // of payload: the rest is as the first
const RECEIVER_MS = 50;
const SAMPLES = 40; // invocations timed
/** Memory of accept and of dispatch. */
const FUNCTION_GB = 0.5;
/** A unit, short enough for a table's cell. */
const WORDS: Readonly<Record<Unit, string>> = {
  httpRequests: "requests",
  lambdaRequests: "invocations",
  gbSeconds: "GB-seconds",
  sqsRequests: "requests of 64 KiB",
  writeUnits: "write units",
  readUnits: "read units",
  schedulerInvocations: "invocations",
  kmsRequests: "requests",
  logBytes: "bytes",
};

const { values } = parseArgs({
  options: {
    events: { type: "string", default: String(MILLION) },
    batch: { type: "string", default: "1" },
    endpoints: { type: "string", default: "1" },
    bytes: { type: "string", default: "1024" },
    "receiver-ms": { type: "string", default: String(RECEIVER_MS) },
  },
});
const events = whole("events", values.events, 1, 1_000 * MILLION);
const batch = whole("batch", values.batch, 1, LIMITS.requestEvents);
const endpoints = whole("endpoints", values.endpoints, 0, LIMITS.endpointsPerAccount);
const payloadBytes = whole("bytes", values.bytes, 16, LIMITS.payloadBytes);
const receiverMs = whole("receiver-ms", values["receiver-ms"], 0, 10_000);

const most = Math.max(batch, Math.min(RUN_MAX, Math.floor(RUN_BYTES_MAX / payloadBytes)));
tell(
  await runForCost({ events: Math.min(events, most), batch, endpoints, payloadBytes, receiverMs, samples: SAMPLES }),
);

function tell(run: CostRun): void {
  const times = events / run.events;
  const lines = billOf(timedAlone(run).filter((one) => !isByTheClock(one)));
  const total = dollarsOf(lines) * times;
  const receivers =
    endpoints === 1
      ? `1 endpoint that answers 200 after ${receiverMs} ms`
      : `${endpoints} endpoints that answer 200 after ${receiverMs} ms`;
  console.log(`${count(events)} events of ${count(payloadBytes)} bytes, ${batch} a request, to ${receivers}.`);
  console.log(
    `Counted: ${count(run.events)} events in ${count(run.requests)} requests, ${count(run.posts)} POSTs, ${run.seconds.toFixed(0)} s. Multiplied by ${count(times, 1)}.`,
  );
  console.log(`Prices: ${PRICED_IN}, ${PRICED_AT}, first tier, no free tier.\n`);
  console.log(`| | counted | for ${count(events)} events | $ |\n| --- | ---: | ---: | ---: |`);
  for (const { service, what, unit, amount, dollars } of lines)
    row(`${service}: ${what}, ${WORDS[unit]}`, count(amount, 2), count(amount * times), dollars * times);
  console.log(`| **in all** | | | **${money(total)}** |`);
  if (events !== MILLION) console.log(`| **per million** | | | **${money((total / events) * MILLION)}** |`);

  console.log(
    `\nBeside it, by bytes:\n\n| | counted | for ${count(events)} events | $ |\n| --- | ---: | ---: | ---: |`,
  );
  const kept = ((run.loggedBytes + ITEM_OVERHEAD_BYTES * run.events) / GB) * (LIMITS.retentionDays / MONTH_DAYS);
  const beside = (label: string, gb: number, price: number) =>
    row(label, gb.toFixed(4), count(gb * times, 2), gb * times * price);
  beside(`the log, GB for the ${LIMITS.retentionDays} days that it is kept`, kept, BYTE_PRICES.storedGbMonths.dollars);
  beside("the same, recoverable to any point in time", kept, BYTE_PRICES.recoverableGbMonths.dollars);
  beside("POSTs to receivers on the internet, GB, without TLS", run.sentBytes / GB, BYTE_PRICES.sentGb.dollars);
  console.log(`\n${assumptions(run)}`);
}

/** Lambda's time as if each invocation had been alone: an environment of Lambda's takes one event at a time. */
function timedAlone({ counts, alone }: CostRun): Count[] {
  return counts.map((one) => {
    const { service, resource, calls, used } = one;
    if (service !== "lambda" || (resource !== "accept" && resource !== "dispatch")) return one;
    return { ...one, used: { ...used, gbSeconds: calls * alone[resource] } };
  });
}

/** What of the figure is this run's, and what it would be otherwise. */
function assumptions({ counts, events: ran, messagesPerReceive, alone }: CostRun): string {
  const receives = callsOf(counts, "pollers", "ReceiveMessage");
  const dispatches =
    counts.find(({ service, resource }) => service === "lambda" && resource === "dispatch")?.calls ?? 0;
  const perEvent = (dollars: number) => money((dollars / ran) * events);
  const waitingFor = (ms: number) => (FUNCTION_GB * ms) / 1_000;
  const oneMore = dollarsFor({
    lambdaRequests: 1,
    readUnits: 1,
    writeUnits: 1, // its counters
    sqsRequests: 2,
    gbSeconds: waitingFor(receiverMs),
  });
  const ms = (gbSeconds: number) => ((gbSeconds / FUNCTION_GB) * 1_000).toFixed(0);
  return [
    `Time: Lambda bills what a function runs, waiting for receivers included. On this machine, one invocation at a time, the middle of ${SAMPLES}: accept ${ms(alone.accept)} ms, dispatch ${ms(alone.dispatch)} ms. Each further 100 ms of the receivers' time: some $${perEvent(dispatches * dollarsFor({ gbSeconds: waitingFor(100) }))} more.`,
    `Batches: a receive brought ${messagesPerReceive.toFixed(1)} messages on average, of 10 at most. On a day so quiet that each comes alone: some $${perEvent(receives * (messagesPerReceive - 1) * oneMore)} more.`,
    `Left out is what goes by the clock: ${callsOf(counts, "pollers", "ReceiveMessage (empty)")} empty receives, and the sweeper.`,
  ].join("\n");
}

function row(label: string, counted: string, multiplied: string, dollars: number): void {
  console.log(`| ${label} | ${counted} | ${multiplied} | ${money(dollars)} |`);
}

function count(number: number, digits = 0): string {
  return number.toLocaleString("en", { maximumFractionDigits: digits });
}

function money(dollars: number): string {
  return dollars.toFixed(dollars < 0.1 ? 3 : 2);
}

function whole(name: string, text: string, min: number, max: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= min && number <= max) return number;
  throw new RangeError(`Cannot use --${name} ${text}: need a whole number from ${min} to ${count(max)}`);
}
