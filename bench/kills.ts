/**
 * `npm run bench:kills`: kills the whole local service with SIGKILL at random moments, also while it starts, under steady
 * traffic to receivers that come and go. Then counts what was lost, and explains what came twice. Exit code 1 when
 * anything is lost, or came twice and nothing explains it.
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

const HELP = "npm run bench:kills -- [--kills 20] [--rate 100, events a second] [--seed 1] [--within 600, seconds]";
/** One kill of so many falls into a start, at any moment of it; the others come so many ms after one. */
const STARTING_SHARE = 0.2;
const STARTING_MS = [100, 4_000] as const;
const RUNNING_MS = [500, 12_000] as const;
/**
 * A POST that the receiver took this long before a kill may not have been written down: a batch or a round is settled
 * as its POSTs end, and these may take a while. Ours.
 */
const NEAR_MS = 5_000;
const SHOWN = 10;
/** The receiver takes up to so many ms to answer, so that a kill always hits POSTs under way. */
const ANSWERS_WITHIN_MS = 300;
/** Waits of a second are delays of a queue, waits of ten go through the Scheduler. Long enough never to suspend. */
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
  console.error(HELP);
  process.exit(values.help ? 0 : 2);
}

const { next: random } = seededRandom(seed);
const folder = mkdtempSync(join(tmpdir(), "rappel-kills-"));
const port = await findFreePort();
const url = `http://127.0.0.1:${port}`;
const taken = new Map<string, number[]>();
// Each comes and goes by itself: a kill finds some active, some failing, and some in a round.
const receivers = await Promise.all(
  EVERY_SECONDS.map((_, n) => {
    const random = seededRandom(seed + n + 1);
    return startLedger(() => random.next() * ANSWERS_WITHIN_MS, taken);
  }),
);
const stayUp = receivers.map((receiver, n) => flap(receiver, seededRandom(seed - n - 1).next));

/** What the service complained of, counted: attempts fail by design, all else is worth a look. */
const complaints = new Map<string, number>();
function hear(line: string): void {
  const said = /(?:WARN|ERROR) +(\w+: .*)/.exec(line)?.[1];
  if (said === undefined || said.includes("attempt failed")) return;
  const complaint = said.replaceAll(/ (endpoint|account|count|messageId)=\S+/g, "");
  complaints.set(complaint, (complaints.get(complaint) ?? 0) + 1);
}

let service = startProcess(folder, port, hear);
await service.ready();
const authorization = await authorizationIn(folder);
for (const [n, { url: receiverUrl }] of receivers.entries()) await register(n, receiverUrl);
const sender = startSending(url, authorization, rate, (n) => typeOf(n % receivers.length));
console.log(`${kills} kills, ${rate} events/s to ${receivers.length} endpoints, seed ${seed}`);

const killedAt: number[] = [];
for (let kill = 1; kill <= kills; kill++) {
  const isStarting = random() < STARTING_SHARE;
  const [least, most] = isStarting ? STARTING_MS : RUNNING_MS;
  const afterMs = least + random() * (most - least);
  if (!isStarting) await service.ready();
  await sleep(afterMs);
  killedAt.push(Date.now());
  await service.kill();
  const up = receivers.filter(({ mood }) => mood === "takes").length;
  console.log(
    `${new Date().toISOString().slice(11, 19)} kill ${kill} of ${kills}, ${(afterMs / 1_000).toFixed(1)} s ${isStarting ? "into a start" : "after a start"}: ${sender.accepted.size} accepted, ${taken.size} arrived; ${up} of ${receivers.length} receivers are up`,
  );
  service = startProcess(folder, port, hear);
}
await service.ready();
for (const stay of stayUp) stay();
await sender.stop();

const settlingAt = Date.now();
const missing = () => [...sender.accepted.keys()].filter((id) => !taken.has(id));
console.log(`no more kills, the receivers stay up: ${missing().length} still to arrive within ${withinSeconds} s`);
while (missing().length > 0 && Date.now() < settlingAt + withinSeconds * 1_000) {
  await sleep(10_000);
  console.log(`after ${Math.round((Date.now() - settlingAt) / 1_000)} s: ${missing().length} still to arrive`);
}
await sleep(NEAR_MS); // what may still come twice

const lost = missing();
const duplicates = duplicatesIn(taken, killedAt, NEAR_MS, sender.answerMs);
const unexplained = duplicates.filter((one) => one.beforeKillMs === undefined && !one.isMaybeQueuedTwice);
await tell();
await service.kill();
for (const receiver of receivers) await receiver.stop();
rmSync(folder, { recursive: true, force: true });
process.exit(lost.length > 0 || unexplained.length > 0 ? 1 : 0);

async function tell(): Promise<void> {
  const { accepted, refused } = sender;
  const unheard = [...taken.keys()].filter((id) => !accepted.has(id)).length;
  const refusals = [...refused].map(([why, times]) => `${times} x ${why}`).join(", ");
  for (const id of lost.slice(0, SHOWN)) console.log(`lost: ${id}: ${await stateOf(id)}`);
  const explained = duplicates.flatMap(({ beforeKillMs }) => (beforeKillMs === undefined ? [] : [beforeKillMs]));
  for (const { id, takenAt } of unexplained.slice(0, SHOWN)) {
    const since = takenAt.map((at) => `${((at - (killedAt[0] ?? 0)) / 1_000).toFixed(2)} s`).join(", ");
    console.log(
      `twice, unexplained: ${id}, answered after ${sender.answerMs.get(id)} ms, arrived ${since} after the first kill`,
    );
  }
  const within = (ms: number) => explained.filter((beforeMs) => beforeMs <= ms).length;
  console.log(`accepted (202)   ${accepted.size}; instead of a 202: ${refusals || "nothing"}, and sent again
arrived          ${taken.size}, of which ${unheard} had a 202 that a kill kept from the sender
lost             ${lost.length}
twice            ${duplicates.length}: ${explained.length} POSTed just before a kill (${within(50)} within 50 ms, ${within(250)} within 250 ms, ${within(1_000)} within 1 s, all within ${NEAR_MS / 1_000} s), ${duplicates.length - explained.length - unexplained.length} with a 202 so late that the queue was asked twice, ${unexplained.length} unexplained
refused POSTs    ${receivers.reduce((sum, { refusedAt }) => sum + refusedAt.length, 0)}, by receivers that were down`);
  for (const [complaint, times] of complaints) console.log(`the service said ${times} times: ${complaint}`);
}

/** What Rappel says of an event that did not arrive. */
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
  if (answer.status !== 201) throw new Error(`Cannot register: ${answer.status} ${await answer.text()}`);
}
