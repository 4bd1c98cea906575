import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import type { AnswerOf, Rappel } from "../../client/index.ts";
import type { Output } from "../output.ts";
import type { Tools } from "../tools.ts";
import { timeValue, wholeValue } from "../values.ts";

type Delivery = AnswerOf<"GET /v1/deliveries">["data"][number];
type Attempt = Delivery["attempts"][number];

const PAGE = 100;
const PAGES_MAX = 10;
/** Pending deliveries whose end is looked for. */
const PENDING_MAX = 200;
/** Deliveries whose attempts are remembered. Older ones are printed again if they are attempted again. */
const SEEN_MAX = 20_000;

interface TailOptions {
  readonly endpoint?: string;
  readonly type?: string;
  readonly status?: string;
  readonly since?: string;
  readonly every: number;
}

/** An attempt, as a line. */
interface Line {
  readonly delivery: Delivery;
  readonly attempt: Attempt;
  readonly number: number;
}

export function addTail(program: Command, { io, rappel, output }: Tools): void {
  program
    .command("tail")
    .description("prints attempts as they are made, until Ctrl-C")
    .option("--endpoint <id>", "only those to this endpoint")
    .option("--type <type>", "only events of this type, or of a prefix such as order.*")
    .option("--status <statuses>", "only deliveries that are pending, delivered, exhausted or cancelled")
    .option("--since <time>", "begins with attempts made since this time (default: now)", timeValue)
    .option("--every <seconds>", "how often the API is asked", wholeValue(1, 3_600), 2)
    .addHelpText(
      "after",
      "\nExamples:\n  rappel tail\n  rappel tail --endpoint ep_… --since 10m\n  rappel --json tail --status exhausted | jq .delivery.eventId",
    )
    .action(async (options: TailOptions, command: Command) => {
      const [client, print] = [rappel(command), output(command)];
      const watch = new Watch(client, options, print);
      print.note("Waiting for attempts. Ctrl-C ends it.");
      const stopped = io.untilStopped();
      while (!stopped.aborted) {
        for (const line of await watch.next()) print.object(line, () => lineText(line, print));
        await sleep(options.every * 1_000, undefined, { signal: stopped }).catch(() => undefined);
      }
    });
}

const keyOf = ({ eventId, endpointId }: Pick<Delivery, "eventId" | "endpointId">) => `${eventId} ${endpointId}`;

/** Finds the attempts that were made since it last looked. */
class Watch {
  readonly #client: Rappel;
  readonly #options: TailOptions;
  readonly #since: string;
  readonly #seen = new Map<string, string>();
  readonly #print: Output;
  #pending: readonly Delivery[] = [];

  constructor(client: Rappel, options: TailOptions, print: Output) {
    this.#print = print;
    this.#client = client;
    this.#options = options;
    this.#since = options.since ?? new Date().toISOString();
  }

  /** Of the newest deliveries, of those that are pending, whose events may be old, and of those that were pending before. */
  async next(): Promise<Line[]> {
    const { status } = this.#options;
    const [newest, pending] = await Promise.all([
      this.#newest(status),
      status === undefined ? this.#newest("pending") : [],
    ]);
    const deliveries = new Map([...newest, ...pending].map((each) => [keyOf(each), each]));
    for (const ended of await this.#endedSince(deliveries)) deliveries.set(keyOf(ended), ended);
    this.#pending = [...deliveries.values()].filter((each) => each.status === "pending").slice(0, PENDING_MAX);
    const lines = [...deliveries].flatMap(([key, delivery]) => {
      const before = this.#seen.get(key) ?? "";
      const fresh = delivery.attempts.flatMap((attempt, n): Line[] =>
        attempt.at > before && attempt.at >= this.#since ? [{ delivery, attempt, number: n + 1 }] : [],
      );
      this.#remember(key, delivery.attempts.at(-1)?.at ?? "");
      return fresh;
    });
    return lines.toSorted((a, b) => (a.attempt.at < b.attempt.at ? -1 : 1));
  }

  /** Deliveries that were pending at the last look, and are no longer: their last attempt is the one to see. */
  async #endedSince(found: ReadonlyMap<string, Delivery>): Promise<Delivery[]> {
    if (this.#options.status !== undefined) return [];
    const gone = this.#pending.filter((each) => !found.has(keyOf(each)));
    const events = await Promise.all(
      [...new Set(gone.map(({ eventId }) => eventId))].map((id) => this.#client.events.get(id).catch(() => undefined)),
    );
    const keys = new Set(gone.map(keyOf));
    return events.flatMap((event) => event?.deliveries ?? []).filter((each) => keys.has(keyOf(each)));
  }

  /** Pages until one with something that is known, at most ten. Of pending ones the first page only. */
  async #newest(status: string | undefined): Promise<Delivery[]> {
    const found: Delivery[] = [];
    let pages = 0;
    for await (const { data } of this.#list(status).pages()) {
      found.push(...data);
      const isKnown = data.some((each) => this.#seen.has(keyOf(each)) || each.acceptedAt < this.#since);
      if (isKnown || status === "pending") break;
      if (++pages === PAGES_MAX) {
        this.#print.note(`More than ${PAGES_MAX * PAGE} deliveries since the last look: some attempts are not shown`);
        break;
      }
    }
    return found;
  }

  #list(status: string | undefined) {
    const { endpoint, type } = this.#options;
    const query = { status, type, limit: PAGE };
    return endpoint === undefined
      ? this.#client.deliveries.list(query)
      : this.#client.endpoints.deliveries(endpoint, query);
  }

  #remember(key: string, at: string): void {
    this.#seen.delete(key);
    this.#seen.set(key, at);
    const [oldest] = this.#seen.keys();
    if (this.#seen.size > SEEN_MAX && oldest !== undefined) this.#seen.delete(oldest);
  }
}

function lineText({ delivery, attempt, number }: Line, print: Output): string {
  const { outcome, status, durationMs, reason, at } = attempt;
  const result = `${status ?? outcome} ${durationMs} ms`;
  const next =
    delivery.status === "pending" && delivery.nextAttemptAt !== null ? `, next ${delivery.nextAttemptAt}` : "";
  return [
    print.quiet(at),
    outcome === "success" ? print.good(result) : print.bad(result),
    delivery.type,
    delivery.eventId,
    delivery.endpointUrl ?? delivery.endpointId,
    `attempt ${number}${outcome === "success" || reason === null ? "" : `: ${reason}`}${outcome === "success" ? "" : next}`,
  ].join("  ");
}
