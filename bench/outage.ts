/**
 * `npm run bench:outage`: the table refuses every call of all functions but accept for some minutes, while events are
 * accepted. Then it counts how many arrive, how often, and after how long. Nothing is restarted or moved by hand. Exit code
 * 1 if an event does not arrive.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { messagesIn } from "../lambdas/adapters/aws/queue-depths.ts";
import { sqsClient } from "../local/emulator/engines/aws-clients.ts";
import type { Faults } from "../local/emulator/usage-meter/fault.ts";
import { startRappel } from "../test/e2e/support/harness.ts";
import { startLedger } from "./ledger-receiver.ts";

const HELP = `Lets the table refuse all calls of all functions but accept for some minutes, and counts what arrives afterwards.

  npm run bench:outage                        ten minutes, under 5 events a second
  npm run bench:outage -- --minutes 2         how long
  npm run bench:outage -- --rate 20           events a second
  npm run bench:outage -- --writes            it refuses only writes
  npm run bench:outage -- --help              shows this`;
/** The functions that keep their table. */
const SPARED = new Set(["accept", "api", "console"]);
const READS = /^(GetItem|BatchGetItem|Query)$/;
const WITHIN_MS = 15 * 60_000; // ours: more than the longest time that a message is hidden
const BEFORE_MS = 5_000;
const MINUTE_MS = 60_000;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    rate: { type: "string", default: "5" },
    writes: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const [minutes, rate] = [Number(values.minutes), Number(values.rate)];
if (values.help || !(minutes > 0 && rate > 0)) {
  console[values.help ? "log" : "error"](HELP);
  process.exit(values.help ? 0 : 2);
}

let isDown = false;
const faults: Faults = ({ by, service, action }) =>
  isDown && service === "dynamodb" && !SPARED.has(by) && !(values.writes && READS.test(action))
    ? { kind: "error", status: 500, type: "com.amazonaws.dynamodb.v20120810#InternalServerError" }
    : undefined;
const rappel = await startRappel({ faults });
const sqs = sqsClient(rappel.service.engines);
const receiver = await startLedger();
try {
  const caller = await rappel.callerOf("outage");
  await caller.call("POST", "/v1/endpoints", { url: receiver.url, eventTypes: ["*"] });
  let accepted = 0;
  const sendFor = async (ms: number) => {
    for (const until = Date.now() + ms; Date.now() < until; await sleep(1_000 / rate))
      if ((await caller.call("POST", "/v1/events", { type: "t", data: accepted })).status === 202) accepted++;
  };
  await sendFor(BEFORE_MS);
  isDown = true;
  console.log(`the table refuses ${values.writes ? "writes" : "all calls"} for ${minutes} minutes …`);
  await sendFor(minutes * MINUTE_MS);
  isDown = false;
  const endedAt = Date.now();
  const arrivedMeanwhile = receiver.received.size;
  while (receiver.received.size < accepted && Date.now() < endedAt + WITHIN_MS) await sleep(100);
  const seconds = Math.round((Date.now() - endedAt) / 1_000);
  // What has arrived but could not be recorded is sent once more.
  while ((await messagesIn(sqs, rappel.service.queueUrl)) > 0 && Date.now() < endedAt + WITHIN_MS) await sleep(1_000);
  const copies = [...receiver.received.values()].map(({ length }) => length);
  console.log(`accepted         ${accepted}
arrived          ${receiver.received.size}: ${arrivedMeanwhile} before the end of the outage, the last one ${seconds} s after it
more than once   ${copies.filter((times) => times > 1).length}, at most ${Math.max(0, ...copies)} times`);
  process.exitCode = receiver.received.size < accepted ? 1 : 0;
} finally {
  await receiver.stop();
  sqs.destroy();
  await rappel.stop();
}
