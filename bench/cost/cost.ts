/**
 * `npm run cost`: the price of a million events on AWS. It sends some events through the whole service on this machine,
 * counts billable usage between functions and engines, and multiplies. The counts are as on AWS. The duration of functions
 * and the number of messages per receive are this machine's; the output shows both.
 */
import { parseArgs } from "node:util";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { billOf, dollarsOf, isTimeDriven } from "../../local/emulator/usage-meter/bill.ts";
import type { Count } from "../../local/emulator/usage-meter/ledger.ts";
import { BYTE_PRICES, PRICED_AT, PRICED_IN, type Unit } from "../../local/emulator/usage-meter/prices.ts";
import { dollarsFor } from "../../local/emulator/usage-meter/usage.ts";
import { type CostRun, callsOf, runForCost } from "./cost-run.ts";

const MILLION = 1_000_000;
const GB = 1_000_000_000;
/** DynamoDB bills this for each item in addition to its bytes. Source: "DynamoDB item sizes and formats". */
const ITEM_OVERHEAD_BYTES = 100;
const MONTH_DAYS = 30;
const RUN_MAX = 5_000; // maximum of events to send: under two minutes on two cores
const RUN_BYTES_MAX = 50_000_000; // maximum of payload to send
const RECEIVER_MS = 50;
const SAMPLES = 40; // invocations timed
/** Memory of the functions accept and dispatch. */
const FUNCTION_GB = 0.5;
/** CPU that they get. Source: AWS Lambda, "Configure Lambda function memory": a whole core at 1,769 MB. */
const FUNCTION_CORES = 512 / 1_769;
/** The units' short names for the table. */
const UNIT_NAMES: Readonly<Record<Unit, string>> = {
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

const HELP = `Measures what events cost on AWS.

  npm run cost                           a million events, one per request, to one endpoint
  npm run cost -- --events 100000        the number of events to calculate for
  npm run cost -- --batch 100            events per request
  npm run cost -- --endpoints 3          endpoints that get each event
  npm run cost -- --bytes 4096           bytes of a payload
  npm run cost -- --receiver-ms 200      response time of the receivers
  npm run cost -- --help                 shows this`;

const { values } = parseArgs({
  options: {
    events: { type: "string", default: String(MILLION) },
    batch: { type: "string", default: "1" },
    endpoints: { type: "string", default: "1" },
    bytes: { type: "string", default: "1024" },
    "receiver-ms": { type: "string", default: String(RECEIVER_MS) },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const events = whole("events", values.events, 1, 1_000 * MILLION);
const batch = whole("batch", values.batch, 1, LIMITS.requestEvents);
const endpoints = whole("endpoints", values.endpoints, 0, LIMITS.endpointsPerAccount);
const payloadBytes = whole("bytes", values.bytes, 16, LIMITS.payloadBytes);
const receiverMs = whole("receiver-ms", values["receiver-ms"], 0, 10_000);

const most = Math.max(batch, Math.min(RUN_MAX, Math.floor(RUN_BYTES_MAX / payloadBytes)));
print(
  await runForCost({ events: Math.min(events, most), batch, endpoints, payloadBytes, receiverMs, samples: SAMPLES }),
);

function print(run: CostRun): void {
  const times = events / run.events;
  const lines = billOf(timedAlone(run).filter((count) => !isTimeDriven(count)));
  const total = dollarsOf(lines) * times;
  const receivers =
    endpoints === 1
      ? `1 endpoint that responds after ${receiverMs} ms`
      : `${endpoints} endpoints that respond after ${receiverMs} ms`;
  console.log(`${count(events)} events of ${count(payloadBytes)} bytes, ${batch} per request, to ${receivers}.`);
  console.log(
    `Counted: ${count(run.events)} events in ${count(run.requests)} requests, ${count(run.posts)} POSTs, ${run.seconds.toFixed(0)} s. Multiplied by ${count(times, 1)}.`,
  );
  console.log(`Prices: ${PRICED_IN}, ${PRICED_AT}, first tier, no free tier.\n`);
  console.log(`| | counted | for ${count(events)} events | $ |\n| --- | ---: | ---: | ---: |`);
  for (const { service, label, unit, amount, dollars } of lines)
    row(`${service}: ${label}, ${UNIT_NAMES[unit]}`, count(amount, 2), count(amount * times), dollars * times);
  console.log(`| **total** | | | **${money(total)}** |`);
  if (events !== MILLION) console.log(`| **per million** | | | **${money((total / events) * MILLION)}** |`);

  console.log(
    `\nIn addition, by bytes:\n\n| | counted | for ${count(events)} events | $ |\n| --- | ---: | ---: | ---: |`,
  );
  const storedGbMonths =
    ((run.loggedBytes + ITEM_OVERHEAD_BYTES * run.events) / GB) * (LIMITS.retentionDays / MONTH_DAYS);
  const byteRow = (label: string, gb: number, price: number) =>
    row(label, gb.toFixed(4), count(gb * times, 2), gb * times * price);
  byteRow(`event log, GB stored for ${LIMITS.retentionDays} days`, storedGbMonths, BYTE_PRICES.storedGbMonths.dollars);
  byteRow("its point-in-time recovery, GB", storedGbMonths, BYTE_PRICES.recoverableGbMonths.dollars);
  byteRow("POSTs to receivers on the internet, GB, without TLS", run.sentBytes / GB, BYTE_PRICES.sentGb.dollars);
  console.log(`\n${assumptions(run)}`);
}

/** Replaces Lambda's duration by that of invocations that ran alone: an environment of Lambda runs one at a time. */
function timedAlone({ counts, alone }: CostRun): Count[] {
  return counts.map((count) => {
    const { service, resource, calls, used } = count;
    if (service !== "lambda" || (resource !== "accept" && resource !== "dispatch")) return count;
    return { ...count, used: { ...used, gbSeconds: calls * alone[resource] } };
  });
}

/** The assumptions of this run, and the effect of others. */
function assumptions({ counts, events: sentEvents, messagesPerReceive, alone }: CostRun): string {
  const receives = callsOf(counts, "pollers", "ReceiveMessage");
  const dispatches =
    counts.find(({ service, resource }) => service === "lambda" && resource === "dispatch")?.calls ?? 0;
  const perEvent = (dollars: number) => money((dollars / sentEvents) * events);
  const waitingFor = (ms: number) => (FUNCTION_GB * ms) / 1_000;
  const oneMoreInvocation = dollarsFor({
    lambdaRequests: 1,
    readUnits: 1,
    writeUnits: 1, // the statistics
    sqsRequests: 2,
    gbSeconds: waitingFor(receiverMs),
  });
  const requests = counts.find(({ service, resource }) => service === "lambda" && resource === "accept")?.calls ?? 0;
  const ownGbSeconds = requests * alone.accept + dispatches * Math.max(0, alone.dispatch - waitingFor(receiverMs));
  const slower = dollarsFor({ gbSeconds: ownGbSeconds * (1 / FUNCTION_CORES - 1) });
  const ms = (gbSeconds: number) => ((gbSeconds / FUNCTION_GB) * 1_000).toFixed(0);
  return [
    `Duration: Lambda bills the time of an invocation, including the wait for receivers. Median of ${SAMPLES} single invocations on this machine: accept ${ms(alone.accept)} ms, dispatch ${ms(alone.dispatch)} ms. Each additional 100 ms of response time costs about $${perEvent(dispatches * dollarsFor({ gbSeconds: waitingFor(100) }))} more.`,
    `CPU: this machine gave each invocation a whole core. With 512 MB Lambda gives ${FUNCTION_CORES.toFixed(2)} of one: if all of the functions' own time is work, it costs about $${perEvent(slower)} more.`,
    `Batches: a receive returned ${messagesPerReceive.toFixed(1)} messages on average (maximum 10). If each message arrives alone, it costs about $${perEvent(receives * (messagesPerReceive - 1) * oneMoreInvocation)} more.`,
    `Not included, because it depends on time and not on events: ${callsOf(counts, "pollers", "ReceiveMessage (empty)")} empty receives, and the sweeper.`,
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
