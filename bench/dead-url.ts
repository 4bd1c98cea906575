/**
 * `npm run bench:dead-url`: the AWS price of an hour with 1,000 events per second for a URL that is down. The usage meter
 * counts the usage per queued event and per retry round at this machine's speed; the price of an hour is calculated from
 * that. The counts are as on AWS. The durations, and so the GB-seconds, are this machine's.
 */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import * as z from "zod";
import { stagesOf } from "../lambdas/endpoints/model/preset.ts";
import { defaultSchedule } from "../local/emulator/default-schedule.ts";
import { between, type Count, usedOf } from "../local/emulator/usage-meter/ledger.ts";
import { PRICED_AT, PRICED_IN } from "../local/emulator/usage-meter/prices.ts";
import { dollarsFor, scaled, type Usage, usageOf } from "../local/emulator/usage-meter/usage.ts";
import { type Caller, startRappel } from "../test/e2e/support/harness.ts";
import { startReceiver } from "../test/e2e/support/receiver.ts";

const HOUR_EVENTS = 3_600_000;
const HOUR_S = 3_600;
/** Events in flight: with thousands, writes to the local table time out, and messages are delivered again minutes later. */
const UNWRITTEN_MAX = 400;
const QUIET_MS = 1_500; // until the calls of the last events are counted too
const SECONDS = 15; // of traffic per measurement
const PAYLOAD_BYTES = 675; // 900 characters in base64, which hardly compress: about 1 KB per event
const NO_ROUNDS = [{ times: 10, everySeconds: HOUR_S }];

/** The minimum usage of one retry with its own schedule, which invokes a function that reads, POSTs and writes. */
const NAIVE_RETRY: Usage = {
  httpRequests: 0,
  lambdaRequests: 1,
  gbSeconds: 0.05, // 512 MB for 100 ms, the time of a POST
  sqsRequests: 0,
  writeUnits: 1,
  readUnits: 1,
  schedulerInvocations: 1,
  kmsRequests: 0,
  logBytes: 0,
};

const Created = z.object({ id: z.string() });
const Status = z.object({ status: z.string() });

const HELP = `Measures what an hour with 1,000 events per second for a URL that is down costs on AWS, in about 2 minutes.

  npm run bench:dead-url              runs it; there are no options
  npm run bench:dead-url -- --help    shows this`;

if (parseArgs({ options: { help: { type: "boolean", default: false } } }).values.help) {
  console.log(HELP);
  process.exit(0);
}

const rappel = await startRappel({ overrides: defaultSchedule("100x1s"), meter: true });
const receiver = await startReceiver(() => ({ status: 503 }));
try {
  const batched = await measureDispatch("batched", 500, 1);
  const single = await measureDispatch("single", 1, 48);
  const round = await measureRounds();
  report(batched, single, round);
} finally {
  await receiver.stop();
  await rappel.stop();
}

/** The usage per event in accept and dispatch, while the endpoint is failing and no retry round runs. */
async function measureDispatch(account: string, perCall: number, callsAtOnce: number) {
  const caller = await failingEndpoint(account, { retrySchedule: NO_ROUNDS });
  await sendFor(2, caller, perCall, callsAtOnce); // warm
  const posts = receiver.received.length;
  const before = counts();
  const begun = performance.now();
  const sent = await sendFor(SECONDS, caller, perCall, callsAtOnce);
  const perSecond = sent / ((performance.now() - begun - QUIET_MS) / 1_000);
  const used = between(before, counts());
  const accepting = used.filter(
    ({ by, service, resource }) => by === "accept" || service === "apigateway" || resource === "accept",
  );
  const dispatching = used.filter(
    ({ by, resource }) =>
      by === "dispatch" || resource === "dispatch" || (by === "pollers" && /EventsQueue/.test(resource)),
  );
  console.log(
    `${sent} events, ${perCall} per call, ${perSecond.toFixed(0)}/s; ${receiver.received.length - posts} POSTs; recorded and queued in ${usedOf(dispatching, "lambdaRequests")} invocations`,
  );
  return { accept: scaled(usageOf(accepting), 1 / sent), dispatch: scaled(usageOf(dispatching), 1 / sent) };
}

/** The usage of a retry round, while events are added to the backlog. */
async function measureRounds(): Promise<Usage> {
  const caller = await failingEndpoint("rounds", {});
  await sendFor(4, caller, 500, 1);
  const posts = receiver.received.length;
  const before = counts();
  const sent = await sendFor(SECONDS, caller, 500, 1);
  const used = between(before, counts()).filter(
    ({ by, resource }) => by === "wake" || resource === "wake" || (/WakeUps/.test(resource) && by !== "dispatch"),
  );
  const rounds = (receiver.received.length - posts) / 2;
  console.log(
    `${rounds} rounds while ${sent} events are added to the backlog: ${usedOf(used, "lambdaRequests")} invocations, ${receiver.received.length - posts} POSTs; most schedules at the same time: ${rappel.service.meter?.schedules.mostOf(caller.endpoint)}`,
  );
  return scaled(usageOf(used), 1 / rounds);
}

/** Creates an account with one endpoint, and makes it failing. */
async function failingEndpoint(account: string, more: object): Promise<Caller & { endpoint: string }> {
  const caller = await rappel.callerOf(account);
  const body = { url: receiver.url, eventTypes: ["*"], ...more };
  const { id } = Created.parse((await caller.call("POST", "/v1/endpoints", body)).json);
  await caller.call(
    "POST",
    "/v1/events",
    Array.from({ length: 5 }, (_, n) => ({ type: "t", data: n })),
  );
  while (Status.parse((await caller.call("GET", `/v1/endpoints/${id}`)).json).status !== "failing") await sleep(100);
  return { ...caller, endpoint: id };
}

/** Sends events at the service's speed, then waits until dispatch has recorded all of them. */
async function sendFor(seconds: number, caller: Caller, perCall: number, callsAtOnce: number): Promise<number> {
  const before = counts();
  const until = performance.now() + seconds * 1_000;
  const event = () => ({ type: "t", data: randomBytes(PAYLOAD_BYTES).toString("base64") });
  const body = JSON.stringify(perCall === 1 ? event() : Array.from({ length: perCall }, event));
  let sent = 0;
  const sender = async () => {
    while (performance.now() < until) {
      if ((await caller.call("POST", "/v1/events", body)).status === 202) sent += perCall;
      while (sent - written(before) > UNWRITTEN_MAX) await sleep(20);
    }
  };
  await Promise.all(Array.from({ length: callsAtOnce }, sender));
  while (written(before) < sent) await sleep(50);
  await sleep(QUIET_MS);
  return sent;
}

function written(since: readonly Count[]): number {
  const puts = between(since, counts()).filter(({ by, action }) => by === "dispatch" && action === "PutItem");
  return puts.reduce((sum, { calls }) => sum + calls, 0);
}

function counts(): Count[] {
  return rappel.service.meter?.ledger.counts() ?? [];
}

/** Average retries per event in an hour of constant traffic, if each event had its own schedule. */
function naiveRetries(): number {
  let dueS = 0;
  const dueAtS = stagesOf("standard").flatMap(({ times, everyMs }) =>
    Array.from({ length: times }, () => (dueS += everyMs / 1_000)),
  );
  const ages = Array.from({ length: HOUR_S }, (_, age) => dueAtS.filter((due) => due <= age).length);
  return ages.reduce((sum, retries) => sum + retries, 0) / HOUR_S;
}

type Dispatched = Awaited<ReturnType<typeof measureDispatch>>;

function report(batched: Dispatched, single: Dispatched, round: Usage): void {
  console.log("\nCounted                          Lambda    GB-s     SQS   writes    reads  Scheduler         $");
  row("one event, 500 per call: accept", batched.accept, 4);
  row("one event, 500 per call: dispatch", batched.dispatch, 4);
  row("one event, 1 per call: accept", single.accept, 4);
  row("one event, 1 per call: dispatch", single.dispatch, 4);
  row("one round of two probes", round, 2);

  console.log(
    `\nOne hour at 1,000 events per second for a URL that is down. Prices: ${PRICED_IN}, ${PRICED_AT}. GB-s by this machine's durations.\n`,
  );
  console.log("| | POSTs | Lambda | GB-s | SQS | write units | read units | Scheduler | $ |");
  console.log("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
  const hour = (uses: Usage) => scaled(uses, HOUR_EVENTS);
  markdownRow("recording and queueing 3.6 million events, 500 per call", 0, hour(batched.dispatch));
  markdownRow("the same, sent one by one", 0, hour(single.dispatch));
  markdownRow("rounds at the 30 s stage: 120", 240, scaled(round, 120));
  markdownRow("rounds at the 30 min stage: 2", 4, scaled(round, 2));
  const retries = naiveRetries();
  const naive = scaled(NAIVE_RETRY, HOUR_EVENTS * retries);
  markdownRow(
    `*calculated, not measured:* a schedule per event, ${retries.toFixed(1)} retries in its first hour, in addition to the first line`,
    HOUR_EVENTS * (1 + retries),
    naive,
  );
  const rounds = dollarsFor(scaled(round, 120));
  console.log(
    `\nA URL that is down costs at most $${money(dollarsFor(hour(batched.dispatch)) + rounds)} per hour, of which the probes are $${money(rounds)}.`,
  );
}

function row(name: string, uses: Usage, digits: number): void {
  const { lambdaRequests, gbSeconds, sqsRequests, writeUnits, readUnits, schedulerInvocations } = uses;
  const cells = [lambdaRequests, gbSeconds, sqsRequests, writeUnits, readUnits, schedulerInvocations];
  console.log(
    `${name.padEnd(32)}${cells.map((cell) => cell.toFixed(digits).padStart(9)).join("")}  ${dollarsFor(uses).toExponential(2)}`,
  );
}

function markdownRow(name: string, posts: number, uses: Usage): void {
  const { lambdaRequests, gbSeconds, sqsRequests, writeUnits, readUnits, schedulerInvocations } = uses;
  const cells = [posts, lambdaRequests, gbSeconds, sqsRequests, writeUnits, readUnits, schedulerInvocations];
  console.log(
    `| ${name} | ${cells.map((cell) => Math.round(cell).toLocaleString("en")).join(" | ")} | ${money(dollarsFor(uses))} |`,
  );
}

function money(dollars: number): string {
  return dollars < 0.01 ? dollars.toFixed(6) : dollars.toFixed(2);
}
