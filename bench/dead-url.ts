/**
 * `npm run bench:dead-url`: what an hour of 1,000 events a second costs behind a URL that is dead, in what AWS bills. Counts
 * it by the meter on this machine, for each event that dispatch writes and parks and for each round of probes, as many events
 * as the machine takes; an hour is then arithmetic. Counts are AWS's; times, and so GB-seconds, are this machine's.
 */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { stagesOf } from "../lambdas/endpoints/model/preset.ts";
import { defaultSchedule } from "../local/emulator/default-schedule.ts";
import { between, type Count, usedOf } from "../local/emulator/usage-meter/ledger.ts";
import { PRICED_AT, PRICED_IN } from "../local/emulator/usage-meter/prices.ts";
import { dollarsFor, scaled, type Usage, usesOf } from "../local/emulator/usage-meter/usage.ts";
import { type Caller, startRappel } from "../test/e2e/support/harness.ts";
import { startReceiver } from "../test/e2e/support/receiver.ts";

const HOUR_EVENTS = 3_600_000;
const HOUR_S = 3_600;
/** Events on their way at a time: with thousands, writes to the local table time out, and their messages come again minutes later. */
const UNWRITTEN_MAX = 400;
const QUIET_MS = 1_500; // until what belongs to the last events is counted too
const SECONDS = 15; // of traffic, for each measure
const PAYLOAD_BYTES = 675; // 900 characters in base64, which hardly shrink: about 1 KB of event
const NO_ROUNDS = [{ times: 10, everySeconds: HOUR_S }];

/** The least that a retry of its own can cost: a schedule that invokes a function, which reads, POSTs and writes. */
const NAIVE_RETRY: Usage = {
  httpRequests: 0,
  lambdaRequests: 1,
  gbSeconds: 0.05, // 512 MB for a POST that is answered in 100 ms
  sqsRequests: 0,
  writeUnits: 1,
  readUnits: 1,
  schedulerInvocations: 1,
  kmsRequests: 0,
  logBytes: 0,
};

const Created = z.object({ id: z.string() });
const Status = z.object({ status: z.string() });

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

/** What dispatch, and what comes before it, use for an event while its endpoint is failing and no round runs. */
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
    `${sent} events, ${perCall} a call, ${perSecond.toFixed(0)}/s; ${receiver.received.length - posts} POSTs; written and parked in ${usedOf(dispatching, "lambdaRequests")} invocations`,
  );
  return { accept: scaled(usesOf(accepting), 1 / sent), dispatch: scaled(usesOf(dispatching), 1 / sent) };
}

/** What a round of probes uses, while events go on joining the backlog. */
async function measureRounds(): Promise<Usage> {
  const caller = await failingEndpoint("rounds", {});
  await sendFor(4, caller, 500, 1);
  const posts = receiver.received.length;
  const before = counts();
  const sent = await sendFor(SECONDS, caller, 500, 1);
  const used = between(before, counts()).filter(
    ({ by, resource }) => by === "wake" || resource === "wake" || (/WakeUps/.test(resource) && by !== "dispatch"),
  );
  const made = (receiver.received.length - posts) / 2;
  console.log(
    `${made} rounds while ${sent} events join the backlog: ${usedOf(used, "lambdaRequests")} invocations, ${receiver.received.length - posts} POSTs; schedules at a time, at most: ${rappel.service.meter?.schedules.mostOf(caller.endpoint)}`,
  );
  return scaled(usesOf(used), 1 / made);
}

/** An account whose one endpoint is failing. */
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

/** Sends as fast as the service takes it, then waits until dispatch has written all of it. */
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

/** Retries in the first hour of an event that has a schedule of its own, on average over events that arrive all the time. */
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
  row("one event, 500 a call: accept", batched.accept, 4);
  row("one event, 500 a call: dispatch", batched.dispatch, 4);
  row("one event, one a call: accept", single.accept, 4);
  row("one event, one a call: dispatch", single.dispatch, 4);
  row("one round of two probes", round, 2);

  console.log(
    `\nOne hour at 1,000 events a second behind a dead URL, prices of ${PRICED_IN}, ${PRICED_AT}; GB-s by the time taken here\n`,
  );
  console.log("| | POSTs | Lambda | GB-s | SQS | write units | read units | Scheduler | $ |");
  console.log("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
  const hour = (uses: Usage) => scaled(uses, HOUR_EVENTS);
  tell("writing and parking 3.6 million events, 500 a call", 0, hour(batched.dispatch));
  tell("the same, sent one by one", 0, hour(single.dispatch));
  tell("rounds at the 30 s stage: 120", 240, scaled(round, 120));
  tell("rounds at the 30 min stage: 2", 4, scaled(round, 2));
  const retries = naiveRetries();
  const naive = scaled(NAIVE_RETRY, HOUR_EVENTS * retries);
  tell(
    `*reckoned, not counted:* a schedule for each event, ${retries.toFixed(1)} retries in its first hour, beside the first line`,
    HOUR_EVENTS * (1 + retries),
    naive,
  );
  const rounds = dollarsFor(scaled(round, 120));
  console.log(
    `\nDead, the URL costs $${money(dollarsFor(hour(batched.dispatch)) + rounds)} an hour at most; its probes are $${money(rounds)} of that.`,
  );
}

function row(name: string, uses: Usage, digits: number): void {
  const { lambdaRequests, gbSeconds, sqsRequests, writeUnits, readUnits, schedulerInvocations } = uses;
  const cells = [lambdaRequests, gbSeconds, sqsRequests, writeUnits, readUnits, schedulerInvocations];
  console.log(
    `${name.padEnd(32)}${cells.map((cell) => cell.toFixed(digits).padStart(9)).join("")}  ${dollarsFor(uses).toExponential(2)}`,
  );
}

function tell(name: string, posts: number, uses: Usage): void {
  const { lambdaRequests, gbSeconds, sqsRequests, writeUnits, readUnits, schedulerInvocations } = uses;
  const cells = [posts, lambdaRequests, gbSeconds, sqsRequests, writeUnits, readUnits, schedulerInvocations];
  console.log(
    `| ${name} | ${cells.map((cell) => Math.round(cell).toLocaleString("en")).join(" | ")} | ${money(dollarsFor(uses))} |`,
  );
}

function money(dollars: number): string {
  return dollars < 0.01 ? dollars.toFixed(6) : dollars.toFixed(2);
}
