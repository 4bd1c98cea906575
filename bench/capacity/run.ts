import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import type { ShardCount } from "../../lambdas/shared/ids.ts";
import type { KeyUnits } from "../../local/emulator/usage-meter/key-units.ts";
import { between, type Count } from "../../local/emulator/usage-meter/ledger.ts";
import { type Caller, type Rappel, startRappel } from "../../test/e2e/support/harness.ts";
import { startReceiver } from "../../test/e2e/support/receiver.ts";
import { type ReadCost, readCosts } from "./reads.ts";

/** What is sent. */
export interface CapacityPlan {
  readonly events: number;
  /** Events per request. */
  readonly batch: number;
  readonly endpoints: number;
  readonly payloadBytes: number;
  /** Whether all endpoints respond with 503, and are failing before the count begins. */
  readonly isDead: boolean;
  /** Whether the events report on e-mails. */
  readonly isEmails: boolean;
  /** The setting. */
  readonly shards: ShardCount;
}

/** What was counted. */
export interface CapacityRun {
  readonly events: number;
  /** Of the functions, without what runs every minute. */
  readonly counts: readonly Count[];
  readonly byKey: ReadonlyMap<string, KeyUnits>;
  readonly dispatches: number;
  /** What reads of the API consume afterwards. */
  readonly reads: readonly ReadCost[];
}

const WARM = 100; // events before the count: what is cached afterwards does not count
const CALLS_AT_ONCE = 24;
const UNWRITTEN_MAX = 400; // events in flight: with more they would only wait for this machine's processor
const QUIET_MS = 1_500; // until the calls of the last events are counted too
const WITHIN_MS = 600_000;
const DOMAINS = 20;
/** Waits so long that no retry round runs during the count. */
const NO_ROUNDS = [{ times: 10, everySeconds: 3_600 }];
const ACCOUNT = "capacity";
const Created = z.object({ id: z.string() });
const Status = z.object({ status: z.string() });

/** Sends events of one account through the whole service, and counts what they consume. */
export async function runForCapacity(plan: CapacityPlan): Promise<CapacityRun> {
  const rappel = await startRappel({ meter: true, overrides: { SHARDS: String(plan.shards) } });
  const receiver = await startReceiver(() => ({ status: plan.isDead ? 503 : 200 }));
  try {
    const caller = await rappel.callerOf(ACCOUNT);
    const ids: string[] = [];
    for (let n = 0; n < plan.endpoints; n++) {
      const body = { url: `${receiver.url}/${n}`, eventTypes: ["*"], ...(plan.isDead && { retrySchedule: NO_ROUNDS }) };
      ids.push(Created.parse((await caller.call("POST", "/v1/endpoints", body)).json).id);
    }
    await send(rappel, caller, plan, WARM);
    if (plan.isDead) await untilFailing(caller, ids);
    const before = { counts: countsOf(rappel), byKey: new Map(rappel.service.meter?.keyUnits) };
    await send(rappel, caller, plan, plan.events);
    await sleep(QUIET_MS);
    const counts = between(before.counts, countsOf(rappel));
    const byKey = new Map(
      [...(rappel.service.meter?.keyUnits ?? [])].map(([key, units]) => [key, minus(units, before.byKey.get(key))]),
    );
    const dispatches = counts.find(({ service, resource }) => service === "lambda" && resource === "dispatch");
    const reads = await readCosts(rappel, caller, ids[0]);
    return { events: plan.events, counts, byKey, dispatches: dispatches?.calls ?? 0, reads };
  } finally {
    await receiver.stop();
    await rappel.stop();
  }
}

async function untilFailing(caller: Caller, ids: readonly string[]): Promise<void> {
  for (const id of ids)
    while (Status.parse((await caller.call("GET", `/v1/endpoints/${id}`)).json).status !== "failing") await sleep(100);
}

/** Sends events at the service's speed, and waits until dispatch has recorded all of them. */
async function send(rappel: Rappel, caller: Caller, plan: CapacityPlan, events: number): Promise<void> {
  const before = countsOf(rappel);
  const until = performance.now() + WITHIN_MS;
  let sent = 0;
  const sender = async () => {
    while (sent < events) {
      const count = Math.min(plan.batch, events - sent);
      const from = sent;
      sent += count;
      const path = plan.isEmails ? "/v1/sources/mailjet" : "/v1/events";
      const { status, text } = await caller.call("POST", path, bodyOf(plan, from, count));
      if (status >= 300) throw new Error(`Cannot send ${count} events: ${status} ${text.slice(0, 200)}`);
      while (sent - recorded(rappel, before) > Math.max(UNWRITTEN_MAX, 20 * plan.batch)) await sleep(5);
    }
  };
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, sender));
  while (recorded(rappel, before) < events) {
    if (performance.now() > until)
      throw new Error(`Only ${recorded(rappel, before)} of ${events} events were recorded within ${WITHIN_MS} ms`);
    await sleep(20);
  }
}

function bodyOf({ batch, payloadBytes, isEmails }: CapacityPlan, from: number, count: number): unknown {
  const text = randomBytes(payloadBytes)
    .toString("base64")
    .slice(0, Math.max(0, payloadBytes - 200));
  const events = Array.from({ length: count }, (_, n) =>
    isEmails
      ? { event: "sent", time: 1_795_000_000, email: `ada@domain${(from + n) % DOMAINS}.example`, CustomID: text }
      : { type: "email.opened", data: { text } },
  );
  return batch === 1 ? events[0] : events;
}

function recorded(rappel: Rappel, since: readonly Count[]): number {
  return between(since, countsOf(rappel))
    .filter(({ by, action }) => by === "dispatch" && action === "PutItem")
    .reduce((sum, { calls }) => sum + calls, 0);
}

function countsOf(rappel: Rappel): Count[] {
  return rappel.service.meter?.ledger.counts() ?? [];
}

function minus(units: KeyUnits, before: KeyUnits = { writeUnits: 0, readUnits: 0 }): KeyUnits {
  return {
    writeUnits: units.writeUnits - before.writeUnits,
    readUnits: units.readUnits - before.readUnits,
  };
}
