/**
 * `npm run bench:neighbours`: does a slow receiver delay the events of another? It sends 1,000 events at 100 per second to a
 * fast receiver: once alone, and once next to a receiver that responds after 9 s and gets 50 events per second. It compares
 * the times until events arrive at the fast receiver. Only the ratios are meaningful: the times depend on the machine.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type Caller, startRappel } from "../test/e2e/support/harness.ts";
import { startReceiver } from "../test/e2e/support/receiver.ts";

const EVENTS = 1_000;
const PER_SECOND = 100;
const SLOW_MS = 9_000;
const SLOW_PER_SECOND = 50;
const WARM_EVENTS = 200;

const HELP = `Measures whether a slow receiver delays the events of another receiver, in about 1 minute.

  npm run bench:neighbours              runs it; there are no options
  npm run bench:neighbours -- --help    shows this`;

if (parseArgs({ options: { help: { type: "boolean", default: false } } }).values.help) {
  console.log(HELP);
  process.exit(0);
}

const rappel = await startRappel();
const alone = await measure("alone", false);
const withSlow = await measure("with-slow", true);
await rappel.stop();
console.log(
  `p50 with a slow receiver / alone: ${(withSlow.p50 / alone.p50).toFixed(2)}, p99 with a slow receiver / alone: ${(withSlow.p99 / alone.p99).toFixed(2)}`,
);

async function measure(account: string, hasSlow: boolean): Promise<{ p50: number; p99: number }> {
  const caller = await rappel.callerOf(account);
  const fast = await startReceiver();
  const slow = await startReceiver(() => ({ delayMs: SLOW_MS }));
  await caller.call("POST", "/v1/endpoints", { url: fast.url, eventTypes: ["fast"], format: "raw" });
  await caller.call("POST", "/v1/endpoints", { url: slow.url, eventTypes: ["slow"], format: "raw" });

  await pace(WARM_EVENTS, PER_SECOND, (n) => caller.call("POST", "/v1/events", { type: "fast", data: -1 - n }));
  const noise = hasSlow ? new AbortController() : undefined;
  const slowTraffic = noise ? sendSlow(caller, noise.signal) : Promise.resolve(0);
  if (hasSlow) await sleep(SLOW_MS + 3_000); // until the maximum of slow POSTs is in flight

  const sentAt: number[] = [];
  await pace(EVENTS, PER_SECOND, async (n) => {
    sentAt[n] = performance.timeOrigin + performance.now();
    await caller.call("POST", "/v1/events", { type: "fast", data: n });
  });
  await fast.waitFor(EVENTS + WARM_EVENTS, 60_000);
  noise?.abort();
  const slowSent = await slowTraffic;
  if (hasSlow) await slow.waitFor(slowSent, 120_000);

  const arrivals = fast.received.map(({ body, at }) => ({ n: Number(body), at })).filter(({ n }) => n >= 0);
  const twice = arrivals.length - new Set(arrivals.map(({ n }) => n)).size;
  const tookMs = arrivals.map(({ n, at }) => at - (sentAt[n] ?? 0)).sort((a, b) => a - b);
  const [p50, p99] = [tookMs[Math.floor(tookMs.length * 0.5)] ?? 0, tookMs[Math.floor(tookMs.length * 0.99)] ?? 0];
  console.log(
    `${account}: ${EVENTS} sent at ${PER_SECOND}/s, ${new Set(arrivals.map(({ n }) => n)).size} arrived, ${twice} of them twice; p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms${hasSlow ? `; next to ${slowSent} events for a receiver that responds after ${SLOW_MS} ms, of which ${slow.received.length} arrived` : ""}`,
  );
  await Promise.all([fast.stop(), slow.stop()]);
  return { p50, p99 };
}

async function sendSlow(caller: Caller, signal: AbortSignal): Promise<number> {
  let sent = 0;
  const calls: Promise<unknown>[] = [];
  while (!signal.aborted) {
    calls.push(caller.call("POST", "/v1/events", { type: "slow", data: sent++ }));
    await sleep(1_000 / SLOW_PER_SECOND);
  }
  await Promise.all(calls);
  return sent;
}

/** Calls `send` at an even pace, without waiting for earlier calls. */
async function pace(count: number, perSecond: number, send: (n: number) => Promise<unknown>): Promise<void> {
  const begun = performance.now();
  const calls: Promise<unknown>[] = [];
  for (let n = 0; n < count; n++) {
    await sleep(Math.max(0, begun + (n * 1_000) / perSecond - performance.now()));
    calls.push(send(n));
  }
  await Promise.all(calls);
}
