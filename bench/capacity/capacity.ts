/**
 * `npm run capacity`: what a load would need on AWS. It sends some events through the whole service on this machine, counts
 * the units of each partition key, and multiplies.
 */
import { parseArgs } from "node:util";
import { SHARD_COUNTS, SHARDS_MIN } from "../../lambdas/shared/ids.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { isTimeDriven } from "../../local/emulator/usage-meter/bill.ts";
import { PRICED_AT, PRICED_IN } from "../../local/emulator/usage-meter/prices.ts";
import { dollarsFor, scaled, usageOf } from "../../local/emulator/usage-meter/usage.ts";
import { keyRates, type Load, quotaRates, type Rate } from "./model.ts";
import type { ReadCost } from "./reads.ts";
import { type CapacityPlan, runForCapacity } from "./run.ts";

const RUN_EVENTS = 2_000; // ours: under a minute on two cores
const RUN_BYTES_MAX = 50_000_000;
const DAY_S = 86_400;
const BUSY = 0.7; // ours: of a limit, from which on it is named

const HELP = `Calculates what a load needs on AWS, from what a run on this machine consumes.

  npm run capacity                                  100 events a second, one per request, one account, one endpoint
  npm run capacity -- --events-per-second 10000     the rate to calculate for
  npm run capacity -- --accounts 10                 accounts that share it equally
  npm run capacity -- --endpoints 3                 endpoints of each account that get each event
  npm run capacity -- --batch 25                    events per request
  npm run capacity -- --bytes 1024                  bytes of a payload
  npm run capacity -- --receiver-ms 200             response time of the receivers
  npm run capacity -- --dead                        all endpoints are down
  npm run capacity -- --emails                      the events report on e-mails, as Mailjet's do
  npm run capacity -- --shards 64                   the setting shards: ${SHARD_COUNTS.join(", ")}
  npm run capacity -- --help                        shows this`;

function readFlags(): { plan: CapacityPlan; load: Load } {
  const { values } = parseArgs({
    options: {
      "events-per-second": { type: "string", default: "100" },
      accounts: { type: "string", default: "1" },
      endpoints: { type: "string", default: "1" },
      batch: { type: "string", default: "1" },
      bytes: { type: "string", default: "1024" },
      "receiver-ms": { type: "string", default: "200" },
      dead: { type: "boolean", default: false },
      emails: { type: "boolean", default: false },
      shards: { type: "string", default: String(SHARDS_MIN) },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  const batch = whole("batch", values.batch, 1, LIMITS.requestEvents);
  const shards = SHARD_COUNTS.find((count) => String(count) === values.shards);
  if (shards === undefined)
    throw new RangeError(`Cannot use --shards ${values.shards}: need one of ${SHARD_COUNTS.join(", ")}`);
  const payloadBytes = whole("bytes", values.bytes, 300, LIMITS.payloadBytes);
  return {
    load: {
      eventsPerSecond: whole("events-per-second", values["events-per-second"], 1, 1_000_000),
      accounts: whole("accounts", values.accounts, 1, 1_000_000),
      batch,
      receiverMs: whole("receiver-ms", values["receiver-ms"], 0, 30_000),
      shards,
    },
    plan: {
      events: Math.max(batch, Math.min(RUN_EVENTS, Math.floor(RUN_BYTES_MAX / payloadBytes))),
      batch,
      endpoints: whole("endpoints", values.endpoints, 0, LIMITS.endpointsPerAccount),
      payloadBytes,
      isDead: values.dead,
      isEmails: values.emails,
      shards,
    },
  };
}

function whole(name: string, text: string, min: number, max: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= min && number <= max) return number;
  throw new RangeError(`Cannot use --${name} ${text}: need a whole number from ${min} to ${max}`);
}

function printRates(title: string, rates: readonly Rate[]): void {
  console.log(`\n| ${title} | needed | limit | |\n| --- | ---: | ---: | ---: |`);
  for (const { name, rate, limit, unit } of rates.toSorted((a, b) => b.rate / b.limit - a.rate / a.limit)) {
    const digits = rate < 10 ? 1 : 0;
    console.log(
      `| ${name}, ${unit} | ${rate.toFixed(digits)} | ${limit.toLocaleString("en")} | ${((100 * rate) / limit).toFixed(digits)} % |`,
    );
  }
}

function printReads(reads: readonly ReadCost[]): void {
  console.log("\n| what is read | shown | requests to the table | read units |\n| --- | ---: | ---: | ---: |");
  for (const { name, shown, requests, readUnits } of reads)
    console.log(`| ${name} | ${shown} | ${requests} | ${readUnits.toFixed(1)} |`);
}

try {
  const { plan, load } = readFlags();
  process.stderr.write(`sending ${plan.events} events through the whole service on this machine …\n`);
  const { counts, ...run } = await runForCapacity(plan);
  const usage = usageOf(counts.filter((count) => !isTimeDriven(count)));
  const { eventsPerSecond, accounts, batch } = load;
  const keys = keyRates(run, load);
  const quotas = quotaRates({ ...run, ...usage }, load);
  console.log(
    `${eventsPerSecond} events a second, ${batch} a request, of ${accounts} account${accounts === 1 ? "" : "s"}, to ${plan.endpoints} ${plan.isDead ? "dead " : ""}endpoint${plan.endpoints === 1 ? "" : "s"} each. Counted: ${plan.events} events, ${(plan.events / run.dispatches).toFixed(1)} of them in a dispatch.`,
  );
  printRates("the busiest key of its kind", keys);
  printRates("AWS's quotas", quotas);
  printReads(run.reads);
  const busy = [...keys, ...quotas].filter(({ rate, limit }) => rate > BUSY * limit);
  console.log(
    busy.length === 0
      ? `\nNothing needs more than ${100 * BUSY} % of a limit.`
      : `\nOver ${100 * BUSY} % of a limit: ${busy.map(({ name, unit }) => `${name} (${unit})`).join(", ")}.`,
  );
  const day = dollarsFor(scaled(usage, (eventsPerSecond * DAY_S) / plan.events));
  console.log(
    `$${day.toFixed(2)} a day at this rate, by the list prices of ${PRICED_IN}, ${PRICED_AT}, and by this machine's durations.`,
  );
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof RangeError || (error instanceof TypeError && "code" in error) ? 2 : 1;
}
