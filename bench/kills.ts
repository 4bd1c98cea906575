/**
 * `npm run bench:kills`: kills the whole local service with SIGKILL at random moments, also during its start, under steady
 * traffic to receivers that go down and recover. Then it counts lost and duplicate events. Exit code 1 if an event is lost,
 * or delivered twice without an explanation.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { findFreePort } from "../local/emulator/engines/free-port.ts";
import { seededRandom } from "../local/simulator/memory/clock.ts";
import { authorizationIn, startProcess } from "../test/e2e/support/service-process.ts";
import { duplicatesIn } from "./duplicates.ts";
import { flap, startLedger } from "./ledger-receiver.ts";
import { startSending } from "./steady-sender.ts";

const HELP = `Kills the service at random moments under traffic, and counts lost and duplicate events.

  npm run bench:kills                    kills it 20 times, under 100 events per second
  npm run bench:kills -- --kills 5       the number of kills
  npm run bench:kills -- --rate 50       events per second
  npm run bench:kills -- --seed 3        the seed of the random moments (default 1)
  npm run bench:kills -- --within 300    seconds that events may take to arrive after the last kill (default 600)
  npm run bench:kills -- --help          shows this`;
/** The fraction of kills during a start, and the ms after the start of the process; all others come after it is ready. */
const STARTING_FRACTION = 0.2;
const STARTING_MS = [100, 4_000] as const;
const RUNNING_MS = [500, 12_000] as const;
/**
 * A POST that arrived this long before a kill may be without a record: a batch or a retry round is recorded when its POSTs
 * end, which takes a while. Ours.
 */
const NEAR_MS = 5_000;
const EVENTS_SHOWN = 10;
/** The maximum response time of a receiver: a kill then always hits POSTs in flight. */
const ANSWERS_WITHIN_MS = 300;
/** Waits of 1 s are SQS delays, waits of 10 s use the Scheduler. The schedules are too long for a suspension. */
const EVERY_SECONDS = [1, 10, 1, 10, 1, 10];
const RELEASE_RATE = 500;

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "20" },
    rate: { type: "string", default: "100" },
    seed: { type: "string", default: "1" },
    within: { type: "string", default: "600" },
    help: { type: "boolean", default: false },
  },
});
const [kills, rate, seed, withinSeconds] = [values.kills, values.rate, values.seed, values.within].map(Number);
if (values.help || !(kills && rate && seed !== undefined && withinSeconds)) {
  console[values.help ? "log" : "error"](HELP);
  process.exit(values.help ? 0 : 2);
}

const { next: random } = seededRandom(seed);
const folder = mkdtempSync(join(tmpdir(), "rappel-kills-"));
const port = await findFreePort();
const url = `http://127.0.0.1:${port}`;
const received = new Map<string, number[]>();
// Each goes down independently: at a kill some endpoints are active, some failing, and some in a retry round.
const receivers = await Promise.all(
  EVERY_SECONDS.map((_, n) => {
    const random = seededRandom(seed + n + 1);
    return startLedger(() => random.next() * ANSWERS_WITHIN_MS, received);
  }),
);
const stopFlapping = receivers.map((receiver, n) => flap(receiver, seededRandom(seed - n - 1).next));

/** The service's warnings and errors, counted. Failed attempts are expected and left out. */
const warnings = new Map<string, number>();
function countWarning(line: string): void {
  const text = /(?:WARN|ERROR) +(\w+: .*)/.exec(line)?.[1];
  if (text === undefined || text.includes("attempt failed")) return;
  const warning = text.replaceAll(/ (endpoint|account|count|messageId)=\S+/g, "");
  warnings.set(warning, (warnings.get(warning) ?? 0) + 1);
}

let service = startProcess(folder, port, countWarning);
await service.ready();
const authorization = await authorizationIn(folder);
for (const [n, { url: receiverUrl }] of receivers.entries()) await register(n, receiverUrl);
const sender = startSending(url, authorization, rate, (n) => typeOf(n % receivers.length));
console.log(`${kills} kills, ${rate} events/s to ${receivers.length} endpoints, seed ${seed}`);

const killedAt: number[] = [];
for (let kill = 1; kill <= kills; kill++) {
  const isStarting = random() < STARTING_FRACTION;
  const [least, most] = isStarting ? STARTING_MS : RUNNING_MS;
  const afterMs = least + random() * (most - least);
  if (!isStarting) await service.ready();
  await sleep(afterMs);
  killedAt.push(Date.now());
  await service.kill();
  const up = receivers.filter(({ behaviour }) => behaviour === "accepts").length;
  console.log(
    `${new Date().toISOString().slice(11, 19)} kill ${kill} of ${kills}, ${(afterMs / 1_000).toFixed(1)} s ${isStarting ? "during a start" : "after a start"}: ${sender.accepted.size} accepted, ${received.size} arrived; ${up} of ${receivers.length} receivers are up`,
  );
  service = startProcess(folder, port, countWarning);
}
await service.ready();
for (const stop of stopFlapping) stop();
await sender.stop();

const settlingAt = Date.now();
const missing = () => [...sender.accepted.keys()].filter((id) => !received.has(id));
console.log(
  `no more kills, the receivers stay up: ${missing().length} events must still arrive within ${withinSeconds} s`,
);
while (missing().length > 0 && Date.now() < settlingAt + withinSeconds * 1_000) {
  await sleep(10_000);
  console.log(`after ${Math.round((Date.now() - settlingAt) / 1_000)} s: ${missing().length} events must still arrive`);
}
await sleep(NEAR_MS); // for late duplicates

const lost = missing();
const duplicates = duplicatesIn(received, killedAt, NEAR_MS, sender.answerMs);
const unexplained = duplicates.filter(
  (duplicate) => duplicate.beforeKillMs === undefined && !duplicate.mayBeQueuedTwice,
);
await printResults();
await service.kill();
for (const receiver of receivers) await receiver.stop();
rmSync(folder, { recursive: true, force: true });
process.exit(lost.length > 0 || unexplained.length > 0 ? 1 : 0);

async function printResults(): Promise<void> {
  const { accepted, refused } = sender;
  const withoutResponse = [...received.keys()].filter((id) => !accepted.has(id)).length;
  const refusals = [...refused].map(([why, times]) => `${times} x ${why}`).join(", ");
  for (const id of lost.slice(0, EVENTS_SHOWN)) console.log(`lost: ${id}: ${await stateOf(id)}`);
  const explained = duplicates.flatMap(({ beforeKillMs }) => (beforeKillMs === undefined ? [] : [beforeKillMs]));
  for (const { id, arrivedAt } of unexplained.slice(0, EVENTS_SHOWN)) {
    const since = arrivedAt.map((at) => `${((at - (killedAt[0] ?? 0)) / 1_000).toFixed(2)} s`).join(", ");
    console.log(
      `twice, unexplained: ${id}, its 202 took ${sender.answerMs.get(id)} ms, it arrived ${since} after the first kill`,
    );
  }
  const within = (ms: number) => explained.filter((beforeMs) => beforeMs <= ms).length;
  console.log(`accepted (202)   ${accepted.size}; other responses, sent again: ${refusals || "none"}
arrived          ${received.size}, of which ${withoutResponse} have no 202 because of a kill
lost             ${lost.length}
twice            ${duplicates.length}: ${explained.length} POSTed just before a kill (${within(50)} within 50 ms, ${within(250)} within 250 ms, ${within(1_000)} within 1 s, all within ${NEAR_MS / 1_000} s), ${duplicates.length - explained.length - unexplained.length} with a 202 so late that the message may be queued twice, ${unexplained.length} unexplained
refused POSTs    ${receivers.reduce((sum, { refusedAt }) => sum + refusedAt.length, 0)}, by receivers that were down`);
  for (const [warning, times] of warnings) console.log(`logged ${times} times: ${warning}`);
}

/** Rappel's state of an event that did not arrive. */
async function stateOf(id: string): Promise<string> {
  const answer = await fetch(`${url}/v1/events/${id}`, { headers: { authorization } });
  return `${answer.status} ${(await answer.text()).slice(0, 400)}`;
}

function typeOf(n: number): string {
  return `type-${n}`;
}

async function register(n: number, receiverUrl: string): Promise<void> {
  const answer = await fetch(`${url}/v1/endpoints`, {
    method: "POST",
    headers: { authorization, "content-type": "application/json" },
    body: JSON.stringify({
      url: receiverUrl,
      eventTypes: [typeOf(n)],
      retrySchedule: [{ times: 100, everySeconds: EVERY_SECONDS[n] }],
      releaseRate: RELEASE_RATE,
    }),
  });
  if (answer.status !== 201) throw new Error(`Cannot register the endpoint: ${answer.status} ${await answer.text()}`);
}
