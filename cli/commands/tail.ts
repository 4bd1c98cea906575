import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import type { AnswerOf, Rappel } from "../../client/index.ts";
import type { Output } from "../output.ts";
import type { Tools } from "../tools.ts";
import { timeValue, wholeValue } from "../values.ts";

type Delivery = AnswerOf<"GET /v1/deliveries">["data"][number];
type Attempt = Delivery["attempts"][number];

const PAGE = 100;
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
      const watch = new Watch(client, options);
      print.note("Waiting for attempts. Ctrl-C ends it.");
      while (!io.stopped.aborted) {
        for (const line of await watch.next()) print.object(line, () => lineText(line, print));
        await sleep(options.every * 1_000, undefined, { signal: io.stopped }).catch(() => undefined);
      }
    });
}

/** Finds the attempts that were made since it last looked. */
class Watch {
  readonly #client: Rappel;
  readonly #options: TailOptions;
  readonly #since: string;
  readonly #seen = new Map<string, string>();

  constructor(client: Rappel, options: TailOptions) {
    this.#client = client;
    this.#options = options;
    this.#since = options.since ?? new Date().toISOString();
  }

  /** Of the newest deliveries, and of those that are pending, whose events may be old. */
  async next(): Promise<Line[]> {
    const { status } = this.#options;
    const [newest, pending] = await Promise.all([
      this.#page(status),
      status === undefined ? this.#page("pending") : [],
    ]);
    const deliveries = new Map([...newest, ...pending].map((each) => [`${each.eventId} ${each.endpointId}`, each]));
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

  async #page(status: string | undefined): Promise<readonly Delivery[]> {
    const { endpoint, type } = this.#options;
    const query = { status, type, limit: PAGE };
    const list =
      endpoint === undefined ? this.#client.deliveries.list(query) : this.#client.endpoints.deliveries(endpoint, query);
    return (await list.page()).data;
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
