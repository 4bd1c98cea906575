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

// The platform's own sample, digits and all.
const MAILJET_OPEN = EVENT_TYPES.find(({ source, type }) => source === "mailjet" && type === "open")?.sample ?? "";
/** The run's default schedule: that of Mailjet, 10 x 30 s and 10 x 30 min, in short. */
export const SCHEDULE = "10x1s,10x2s";
/** Deliveries a second at which what waited is released, at most. 25 where an endpoint does not say: 1,000 would take 40 s. */
const RELEASE_RATE = 100;
/** What the endpoint says of itself. Everything else, its schedule too, is the run's default. */
const ENDPOINT = { eventTypes: ["*"], format: "raw", releaseRate: RELEASE_RATE };
const FIRST = 5; // as many failures in a row make an endpoint failing
// One after the other, each when the one before is in the log: a crowded machine must not time out over a thousand at once.
const BATCHES = 20;
const PER_BATCH = 50;
const LATER = BATCHES * PER_BATCH;
const PROBES = 2;
/** Probes of one round arrive together; the next round is a second away at least. */
const SAME_ROUND_MS = 300;
const WITHIN_MS = 120_000;
/** How long the receiver is watched after the last event: what came twice would come now. */
const QUIET_MS = 1_500;

const stages = stagesOf(ScheduleText.parse(SCHEDULE));
const rounds = waitsIn(stages);
const waits = stages.flatMap(({ times, everyMs }) => Array.from({ length: times }, () => everyMs / 1_000));
export const SCHEDULE_IN_WORDS = stages.map(({ times, everyMs }) => `${times} x ${everyMs / 1_000} s`).join(", then ");
/** POSTs to a dead URL, at most: first attempts, and two a round. */
export const POSTS_WHILE_DEAD_MAX = FIRST + PROBES * rounds;

const Created = z.object({ id: z.string(), secret: z.string() });
const Pending = z.object({ data: z.array(z.unknown()) });
const Endpoint = z.object({ status: z.string(), statusReason: z.string() });
const Accepted = z.object({ data: z.array(z.object({ id: z.string() })) });
const EventAnswer = z.object({ deliveries: z.tuple([z.object({ explanation: z.string() })]) });

/** Who tells it, with what. */
export interface Stage {
  readonly service: Service;
  readonly key: ReadyKey;
  readonly receiver: Receiver;
  readonly screen: Screen;
}

/** What the story leaves to be counted. */
export interface Told {
  readonly endpoint: string;
  readonly secret: string;
  /** The payloads that were accepted, by event id. */
  readonly sent: ReadonlyMap<string, Buffer>;
}

/** Tells how a receiver dies and comes back, while it happens. @throws {Error} where it goes another way */
export async function runScenario(stage: Stage): Promise<Told> {
  const { receiver, screen } = stage;
  const call = caller(stage);
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
      const seen = Endpoint.parse(await call("GET", endpoint));
      if (seen.status === wanted) return seen;
      if (Date.now() > until) throw new Error(`The endpoint is ${seen.status}, not ${wanted}`);
    }
  };

  const isLogged = async (id: string) => {
    for (const until = Date.now() + WITHIN_MS; !(await call.exists(`/v1/events/${id}`)); await sleep(250)) {
      if (Date.now() > until) throw new Error(`The event ${id} was accepted, but is not in the log`);
    }
  };

  screen.title("1  An event arrives");
  screen.tell(`Mailjet sends an "open" event to /v1/sources/mailjet: ${Buffer.byteLength(MAILJET_OPEN)} bytes.`);
  const arrived = nextPost(receiver);
  await send("/v1/sources/mailjet", [MAILJET_OPEN], `[${MAILJET_OPEN}]`);
  const post = await arrived;
  screen.tell(`The receiver gets a signed POST, and answers ${post.status}.`, "good");
  screen.note(
    `payload    ${sent.get(post.id)?.equals(post.body) ? "the same" : "NOT THE SAME"} ${post.body.length} bytes; ${/"MessageID":\d+/.exec(post.body.toString())?.[0]}`,
  );
  screen.note(
    `signature  ${isVerified(post, created.secret) ? "verified by the standardwebhooks library" : "NOT VERIFIED"}`,
  );

  screen.title("2  The receiver dies");
  receiver.die();
  screen.tell(`It answers 503 from now on. ${FIRST} events are sent, each is tried once.`, "bad");
  await sendMany(payloadsOf(FIRST, 0));
  await statusBecomes("failing");
  screen.tell(`${FIRST} failures in a row: the endpoint is failing, and is only probed now.`, "waiting");
  const told = tellRounds(stage);
  screen.tell(`${thousands(LATER)} more events follow. They wait: none makes a POST of its own.`, "waiting");
  let oldest = "";
  for (let batch = 0; batch < BATCHES; batch++) {
    const ids = await sendMany(payloadsOf(PER_BATCH, FIRST + batch * PER_BATCH));
    oldest ||= ids.toSorted()[0] ?? "";
    await isLogged(ids.at(-1) ?? "");
  }
  screen.tell(`${thousands(LATER)} accepted, and waiting behind the same schedule.`, "waiting");

  await told;
  const { status, statusReason } = await statusBecomes("suspended");
  screen.title("3  Given up on, nothing lost");
  screen.tell(`The endpoint is ${status}: "${statusReason}".`, "bad");
  const dead = receiver.posts.filter(({ status }) => status !== 200).length;
  const most = stage.service.meter?.schedules.mostOf(created.id);
  screen.tell(`The dead URL got ${dead} POSTs in all; ${thousands(FIRST + LATER)} events wait behind it.`);
  screen.tell(`They never had more than ${most} schedule${most === 1 ? "" : "s"} at a time, all together.`);
  const { deliveries } = EventAnswer.parse(await call("GET", `/v1/events/${oldest}`));
  screen.note(`GET /v1/events/${oldest.slice(0, 8)}… says: ${deliveries[0].explanation}`);

  screen.title("4  The receiver is mended");
  receiver.mend();
  await call("POST", `${endpoint}/resume`);
  screen.tell("It answers 200 again; the endpoint is resumed, oldest events first.", "good");
  await tellRelease(stage, FIRST + LATER);
  await sleep(QUIET_MS);
  await statusBecomes("active");
  const { data: pending } = Pending.parse(await call("GET", `${endpoint}/deliveries?status=pending`));
  screen.tell(`The endpoint is active again, and ${pending.length} of its events wait.`, "good");
  return { endpoint: created.id, secret: created.secret, sent };
}

/** Tells each round of probes until the last. */
function tellRounds({ receiver, screen }: Stage): Promise<void> {
  const ended = Promise.withResolvers<void>();
  const tooLate = setTimeout(() => ended.reject(new Error("The rounds do not end")), WITHIN_MS);
  let made = 0;
  let probes: number[] = [];
  const tell = () => {
    made += probes.length;
    const round = Math.min(Math.ceil(made / PROBES), rounds);
    const wait = waits[round];
    const next = wait === undefined ? "and no wait is left" : `then a wait of ${wait} s`;
    const text = `round ${String(round).padStart(2)} of ${rounds}   ${probes.join(" ")}   ${next}`;
    const isTurn = round === 1 || wait !== waits[round - 1] || waits[round - 1] !== waits[round - 2];
    (isTurn ? screen.tell : screen.pass)(text, "bad");
    probes = [];
    if (round === rounds) ended.resolve();
  };
  let together: NodeJS.Timeout | undefined;
  receiver.onPost(({ status }) => {
    if (status === 200) return;
    probes.push(status);
    clearTimeout(together);
    together = setTimeout(tell, SAME_ROUND_MS);
  });
  return ended.promise.finally(() => clearTimeout(tooLate));
}

/** Tells how what waited arrives. */
async function tellRelease({ receiver, screen }: Stage, all: number): Promise<void> {
  const ended = Promise.withResolvers<void>();
  const tooLate = setTimeout(() => ended.reject(new Error("Not all that waited has arrived")), WITHIN_MS);
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
    const tooLate = setTimeout(() => reject(new Error("The event did not arrive")), WITHIN_MS);
    receiver.onPost((post) => {
      clearTimeout(tooLate);
      resolve(post);
    });
  });
}

/** Payloads that differ, in bytes that a parser would change: digits beyond a double, and 1.10. */
function payloadsOf(count: number, from: number): string[] {
  return Array.from({ length: count }, (_, n) => `{"MessageID":19421777396${190_001 + from + n},"score":1.10}`);
}

function caller({ service, key }: Stage) {
  const authorization = `Basic ${Buffer.from(`${key.id}:${key.secret}`).toString("base64")}`;
  const send = (method: string, path: string, body?: string) => {
    const headers = { authorization, ...(body !== undefined && { "content-type": "application/json" }) };
    return fetch(service.url + path, { method, headers, ...(body !== undefined && { body }) });
  };
  const call = async (method: string, path: string, body?: string): Promise<unknown> => {
    const answer = await send(method, path, body);
    if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}: ${await answer.text()}`);
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
