import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod";
import type { Fault, Faults } from "../../../local/emulator/usage-meter/fault.ts";
import { seededRandom } from "../../../local/simulator/memory/clock.ts";
import { register } from "../support/fixture.ts";
import { type Caller, type Rappel, startRappel } from "../support/harness.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { showWarnings } from "../support/warnings.ts";

const SEED = 20_261_122;
const CHAOS_MS = 20_000;
/** The test goes on until this many calls failed and this many events were accepted. */
const MINIMUM = { errors: 50, events: 100 };
const TIMEOUT_MS = 900_000;
const ACCOUNTS = ["acme", "globex"];
/** After a failure the same call succeeds for this long, so that the SDK's next try, some 100 ms later, works. */
const SPARED_MS = 1_000;
const FAILING = 0.05;

const Answer = z.object({ data: z.array(z.object({ id: z.string() })) });
const Shown = z.object({ deliveries: z.array(z.object({ status: z.string() })) });
const { next: random } = seededRandom(SEED);
const pick = <T>(among: readonly T[]): T | undefined => among[Math.floor(random() * among.length)];

let isOver = false;
let failedCalls = 0;
const sparedUntil = new Map<string, number>();
const TYPES = {
  dynamodb: "com.amazonaws.dynamodb.v20120810#InternalServerError",
  sqs: "com.amazonaws.sqs#ServiceUnavailable",
  scheduler: "InternalServerException",
  kms: "KMSInternalException",
};
/** Half of the calls fail before they are carried out, the other half after. */
const faults: Faults = ({ by, service, action }): Fault | undefined => {
  const call = `${by} ${action}`;
  const isAws = by === "pollers" || by === "Scheduler"; // these retry on their own
  if (isOver || isAws || (sparedUntil.get(call) ?? 0) > Date.now() || random() > FAILING) return undefined;
  sparedUntil.set(call, Date.now() + SPARED_MS);
  failedCalls++;
  return { kind: "error", status: 500, type: TYPES[service], isDone: random() < 0.5 };
};

let rappel: Rappel;
let operator: Caller;
const receivers: Receiver[] = [];
beforeAll(async () => {
  rappel = await startRappel({ faults });
  operator = await rappel.operator();
}, 300_000);
afterAll(async () => {
  await Promise.all(receivers.map((receiver) => receiver.stop()));
  await rappel?.stop();
});
showWarnings(() => rappel?.logs);

it(
  "accepted events reach only their own account's endpoints while AWS calls fail and operators change endpoints",
  async () => {
    const endpoints: { readonly id: string; readonly account: string }[] = [];
    for (const account of ACCOUNTS) {
      const caller = await rappel.callerOf(account);
      for (const refusing of [0, 0.4]) {
        const receiver = await startReceiver(() => (!isOver && random() < refusing ? { status: 503 } : {}));
        receivers.push(receiver);
        const schedule = { retrySchedule: [{ times: 60, everySeconds: 1 }], releaseRate: 100 };
        endpoints.push({ id: await register(caller, `${receiver.url}/${account}`, schedule), account });
      }
    }
    const accepted = await runChaos(endpoints);
    isOver = true;
    for (const { id, account } of endpoints) await operate(id, account, "resume");

    const isDelivered = async ([id, account]: [string, string]) => {
      const { status, json } = await operator.call("GET", `/v1/events/${id}`, undefined, { "rappel-account": account });
      return status === 200 && Shown.parse(json).deliveries.every((delivery) => delivery.status === "delivered");
    };
    const open = new Map(accepted);
    for (; open.size > 0; await sleep(500))
      for (const one of [...open]) if (await isDelivered(one)) open.delete(one[0]);

    for (const [id, account] of accepted) {
      const arrived = receivers.filter(({ received }) => received.some(({ headers }) => headers["webhook-id"] === id));
      expect(arrived, id).toHaveLength(2);
      for (const { received } of arrived) {
        const posts = received.filter(({ headers }) => headers["webhook-id"] === id);
        expect(new Set(posts.map(({ path, body }) => `${path} ${body}`))).toEqual(
          new Set([`/hook/${account} {"of":"${account}"}`]),
        );
      }
    }
  },
  TIMEOUT_MS,
);

/**
 * Producers send, while operators pause, resume, rotate, test and resend, until the minimum has happened.
 * @returns the id of each accepted event and its account
 */
async function runChaos(endpoints: readonly { id: string; account: string }[]) {
  const accepted = new Map<string, string>();
  const hasMinimum = () => failedCalls > MINIMUM.errors && accepted.size > MINIMUM.events;
  for (const until = Date.now() + CHAOS_MS; Date.now() < until || !hasMinimum(); await sleep(100)) {
    const events = Array.from({ length: 1 + Math.floor(random() * 5) }, () => {
      const account = pick(ACCOUNTS) ?? "";
      return { account, type: "t", data: { of: account } };
    });
    const headers = { "idempotency-key": `${accepted.size}-${random()}` };
    const { status, json } = await operator.call("POST", "/v1/events", events, headers);
    if (status === 202)
      for (const [n, { id }] of Answer.parse(json).data.entries()) accepted.set(id, events[n]?.account ?? "");
    const { id = "", account = "" } = pick(endpoints) ?? {};
    if (random() < 0.3) await operate(id, account, pick(["pause", "resume", "resume", "secret/rotate", "test"]) ?? "");
    const [eventId, owner] = pick([...accepted]) ?? ["", ""];
    if (random() < 0.1) await operator.call("POST", `/v1/events/${eventId}/resend`, {}, { "rappel-account": owner });
  }
  return accepted;
}

async function operate(id: string, account: string, what: string): Promise<void> {
  const body = what === "pause" ? { until: new Date(Date.now() + 1_500).toISOString() } : {};
  await operator.call("POST", `/v1/endpoints/${id}/${what}`, what === "test" ? undefined : body, {
    "rappel-account": account,
  });
}
