import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { stagesOf } from "../../lambdas/endpoints/model/preset.ts";
import { EVENT_TYPES } from "../../lambdas/events/model/event-type-catalog.ts";
import { ScheduleText } from "../../lambdas/http/schemas/schedule-field.ts";
import { waitsIn } from "../../lambdas/retry/model/retry-schedule.ts";
import type { ReadyKey } from "../emulator/ready-key.ts";
import type { Service } from "../emulator/service.ts";
import { isVerified, type Post, type Receiver } from "./receiver.ts";
import type { Screen } from "./screen.ts";

// The sample of the event type, byte for byte.
const MAILJET_OPEN = EVENT_TYPES.find(({ source, type }) => source === "mailjet" && type === "open")?.sample ?? "";
/** The run's default schedule: a short version of Mailjet's 10 x 30 s and 10 x 30 min. */
export const SCHEDULE = "10x1s,10x2s";
/** The endpoint's releaseRate. With the default of 25 per second, 1,000 events would take 40 s. */
const RELEASE_RATE = 100;
/** The endpoint's fields. All others have defaults, including the schedule. */
const ENDPOINT = { eventTypes: ["*"], format: "raw", releaseRate: RELEASE_RATE };
const FIRST = 5; // this many failures in a row make an endpoint failing
// Each batch is sent when the one before is in the log: on a busy machine, a thousand events at once could time out.
const BATCHES = 20;
const PER_BATCH = 50;
const LATER = BATCHES * PER_BATCH;
const PROBES = 2;
/** Probes of one round arrive together; the next round starts at least a second later. */
const SAME_ROUND_MS = 300;
const WITHIN_MS = 120_000;
/** How long to watch for duplicates after the last event. */
const QUIET_MS = 1_500;

const stages = stagesOf(ScheduleText.parse(SCHEDULE));
const rounds = waitsIn(stages);
const waits = stages.flatMap(({ times, everyMs }) => Array.from({ length: times }, () => everyMs / 1_000));
export const SCHEDULE_IN_WORDS = stages.map(({ times, everyMs }) => `${times} x ${everyMs / 1_000} s`).join(", then ");
/** The maximum of POSTs while the receiver is down: first attempts, and two per round. */
export const POSTS_WHILE_DOWN_MAX = FIRST + PROBES * rounds;

const Created = z.object({ id: z.string(), secret: z.string() });
const Pending = z.object({ data: z.array(z.unknown()) });
const Endpoint = z.object({ status: z.string(), statusReason: z.string() });
const Accepted = z.object({ data: z.array(z.object({ id: z.string() })) });
const EventAnswer = z.object({ deliveries: z.tuple([z.object({ explanation: z.string() })]) });

/** The parts of a run. */
export interface Setting {
  readonly service: Service;
  readonly key: ReadyKey;
  readonly receiver: Receiver;
  readonly screen: Screen;
}

/** The data of a run that is counted afterwards. */
export interface ScenarioResult {
  readonly endpoint: string;
  readonly secret: string;
  /** The payloads that were accepted, by event id. */
  readonly sent: ReadonlyMap<string, Buffer>;
}

/** Runs the scenario and prints each step: a receiver goes down and recovers. @throws {Error} if a step does not happen */
export async function runScenario(setting: Setting): Promise<ScenarioResult> {
  const { receiver, screen } = setting;
  const call = caller(setting);
  const sent = new Map<string, Buffer>();
  const send = async (path: string, payloads: readonly string[], body: string) => {
    const { data } = Accepted.parse(await call("POST", path, body));
    for (const [at, { id }] of data.entries()) sent.set(id, Buffer.from(payloads[at] ?? ""));
    return data.map(({ id }) => id);
  };
  const sendMany = (payloads: readonly string[]) =>
    send("/v1/events", payloads, `[${payloads.map((data) => `{"type":"open","data":${data}}`).join(",")}]`);
  const created = Created.parse(
    await call("POST", "/v1/endpoints", JSON.stringify({ ...ENDPOINT, url: receiver.url })),
  );
  const endpoint = `/v1/endpoints/${created.id}`;
  const statusBecomes = async (wanted: string) => {
    for (const until = Date.now() + WITHIN_MS; ; await sleep(250)) {
      const found = Endpoint.parse(await call("GET", endpoint));
      if (found.status === wanted) return found;
      if (Date.now() > until)
        throw new Error(`The endpoint is ${found.status}: expected ${wanted} within ${WITHIN_MS} ms`);
    }
  };

  const isLogged = async (id: string) => {
    for (const until = Date.now() + WITHIN_MS; !(await call.exists(`/v1/events/${id}`)); await sleep(250)) {
      if (Date.now() > until)
        throw new Error(`The event ${id} was accepted, but was not in the log within ${WITHIN_MS} ms`);
    }
  };

  screen.title("1  An event arrives");
  screen.say(`Mailjet sends an "open" event to /v1/sources/mailjet: ${Buffer.byteLength(MAILJET_OPEN)} bytes.`);
  const arrived = nextPost(receiver);
  await send("/v1/sources/mailjet", [MAILJET_OPEN], `[${MAILJET_OPEN}]`);
  const post = await arrived;
  screen.say(`The receiver gets a signed POST and responds with ${post.status}.`, "good");
  screen.note(
    `payload    ${sent.get(post.id)?.equals(post.body) ? "the same" : "NOT THE SAME"} ${post.body.length} bytes; ${/"MessageID":\d+/.exec(post.body.toString())?.[0]}`,
  );
  screen.note(
    `signature  ${isVerified(post, created.secret) ? "verified by the standardwebhooks library" : "NOT VERIFIED"}`,
  );

  screen.title("2  The receiver goes down");
  receiver.goDown();
  screen.say(`It responds with 503 from now on. ${FIRST} events are sent; each is tried once.`, "bad");
  await sendMany(payloadsOf(FIRST, 0));
  await statusBecomes("failing");
  screen.say(`${FIRST} failures in a row: the endpoint is failing and is now only probed.`, "waiting");
  const roundsEnded = sayRounds(setting);
  screen.say(`${thousands(LATER)} more events follow. They are queued: none causes a POST.`, "waiting");
  let oldest = "";
  for (let batch = 0; batch < BATCHES; batch++) {
    const ids = await sendMany(payloadsOf(PER_BATCH, FIRST + batch * PER_BATCH));
    oldest ||= ids.toSorted()[0] ?? "";
    await isLogged(ids.at(-1) ?? "");
  }
  screen.say(`${thousands(LATER)} accepted. They all wait for the same schedule.`, "waiting");

  await roundsEnded;
  const { status, statusReason } = await statusBecomes("suspended");
  screen.title("3  The endpoint is suspended, no event is lost");
  screen.say(`The endpoint is ${status}: "${statusReason}".`, "bad");
  const failedPosts = receiver.posts.filter(({ status }) => status !== 200).length;
  const most = setting.service.meter?.schedules.mostOf(created.id);
  screen.say(`The URL got ${failedPosts} POSTs in total; ${thousands(FIRST + LATER)} events are pending.`);
  screen.say(`Together they never had more than ${most} schedule${most === 1 ? "" : "s"} at a time.`);
  const { deliveries } = EventAnswer.parse(await call("GET", `/v1/events/${oldest}`));
  screen.note(`GET /v1/events/${oldest.slice(0, 8)}… explains: ${deliveries[0].explanation}`);

  screen.title("4  The receiver recovers");
  receiver.recover();
  await call("POST", `${endpoint}/resume`);
  screen.say("It responds with 200 again. The endpoint is resumed, oldest events first.", "good");
  await sayRelease(setting, FIRST + LATER);
  await sleep(QUIET_MS);
  await statusBecomes("active");
  const { data: pending } = Pending.parse(await call("GET", `${endpoint}/deliveries?status=pending`));
  screen.say(`The endpoint is active again; ${pending.length} of its events are pending.`, "good");
  return { endpoint: created.id, secret: created.secret, sent };
}

/** Prints each round of probes. @returns a promise that resolves after the last round */
function sayRounds({ receiver, screen }: Setting): Promise<void> {
  const ended = Promise.withResolvers<void>();
  const tooLate = setTimeout(
    () => ended.reject(new Error(`The retry rounds did not end within ${WITHIN_MS} ms`)),
    WITHIN_MS,
  );
  let probesSoFar = 0;
  let probes: number[] = [];
  const sayRound = () => {
    probesSoFar += probes.length;
    const round = Math.min(Math.ceil(probesSoFar / PROBES), rounds);
    const wait = waits[round];
    const next = wait === undefined ? "no wait is left" : `then a wait of ${wait} s`;
    const text = `round ${String(round).padStart(2)} of ${rounds}   ${probes.join(" ")}   ${next}`;
    const isNewWait = round === 1 || wait !== waits[round - 1] || waits[round - 1] !== waits[round - 2];
    (isNewWait ? screen.say : screen.sayBriefly)(text, "bad");
    probes = [];
    if (round === rounds) ended.resolve();
  };
  let roundTimer: NodeJS.Timeout | undefined;
  receiver.onPost(({ status }) => {
    if (status === 200) return;
    probes.push(status);
    clearTimeout(roundTimer);
    roundTimer = setTimeout(sayRound, SAME_ROUND_MS);
  });
  return ended.promise.finally(() => clearTimeout(tooLate));
}

/** Prints the progress of the release. @returns a promise that resolves after the last event */
async function sayRelease({ receiver, screen }: Setting, all: number): Promise<void> {
  const ended = Promise.withResolvers<void>();
  const tooLate = setTimeout(
    () => ended.reject(new Error(`Not all pending events arrived within ${WITHIN_MS} ms`)),
    WITHIN_MS,
  );
  let arrived = 0;
  receiver.onPost(() => {
    arrived += 1;
    screen.progress(arrived, all, `${thousands(arrived)} of ${thousands(all)}, at most ${RELEASE_RATE} a second`);
    if (arrived === all) ended.resolve();
  });
  await ended.promise.finally(() => clearTimeout(tooLate));
}

function nextPost(receiver: Receiver): Promise<Post> {
  return new Promise((resolve, reject) => {
    const tooLate = setTimeout(() => reject(new Error(`The event did not arrive within ${WITHIN_MS} ms`)), WITHIN_MS);
    receiver.onPost((post) => {
      clearTimeout(tooLate);
      resolve(post);
    });
  });
}

/** Unique payloads with bytes that a JSON parser would change: digits beyond a double, and 1.10. */
function payloadsOf(count: number, from: number): string[] {
  return Array.from({ length: count }, (_, n) => `{"MessageID":19421777396${190_001 + from + n},"score":1.10}`);
}

function caller({ service, key }: Setting) {
  const authorization = `Basic ${Buffer.from(`${key.id}:${key.secret}`).toString("base64")}`;
  const send = (method: string, path: string, body?: string) => {
    const headers = { authorization, ...(body !== undefined && { "content-type": "application/json" }) };
    return fetch(service.url + path, { method, headers, ...(body !== undefined && { body }) });
  };
  const call = async (method: string, path: string, body?: string): Promise<unknown> => {
    const answer = await send(method, path, body);
    if (!answer.ok) throw new Error(`${method} ${path} failed with ${answer.status}: ${await answer.text()}`);
    return answer.json();
  };
  const exists = async (path: string): Promise<boolean> => {
    const answer = await send("GET", path);
    await answer.body?.cancel();
    return answer.ok;
  };
  return Object.assign(call, { exists });
}

export function thousands(count: number): string {
  return count.toLocaleString("en");
}
