import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import type { AnswerOf, BodyOf, Rappel } from "../../client/index.ts";
import { UsageError } from "../io.ts";
import type { Output } from "../output.ts";
import type { Tools } from "../tools.ts";
import { listValue, timeValue } from "../values.ts";

type Recovery = AnswerOf<"GET /v1/recoveries/{id}">;
type Statuses = NonNullable<BodyOf<"POST /v1/recoveries">["statuses"]>;

const STATUSES = ["exhausted", "cancelled", "pending", "delivered", "unsent"] as const;
const LOOK_EVERY_MS = 1_000;

interface RecoverOptions {
  readonly since?: string;
  readonly until?: string;
  readonly types?: string[];
  readonly statuses: string[];
  readonly dryRun?: boolean;
  readonly wait: boolean;
}

export function addRecover(program: Command, { io, rappel, output }: Tools): void {
  program
    .command("recover")
    .description("sends again what an endpoint or the whole account has missed")
    .argument("[endpoint]", "default: all endpoints of the account")
    .option("--since <time>", "events accepted since this time (default: 24 hours ago)", timeValue)
    .option("--until <time>", "and before this time (default: now)", timeValue)
    .option("--types <types>", "only these types, separated by commas", listValue)
    .option("--statuses <statuses>", `which deliveries: ${STATUSES.join(", ")}`, listValue, ["exhausted", "cancelled"])
    .option("--dry-run", "only says how many deliveries that are")
    .option("--no-wait", "does not wait for the end: it goes on without you")
    .addHelpText(
      "after",
      "\nExamples:\n  rappel recover ep_… --since 2h --dry-run\n  rappel recover ep_… --since 2026-12-01T08:00:00Z",
    )
    .action(async (endpoint: string | undefined, options: RecoverOptions, command: Command) => {
      const [client, print] = [rappel(command), output(command)];
      const { since, until, types, dryRun = false, wait } = options;
      const body = {
        statuses: statusesOf(options.statuses),
        ...(endpoint !== undefined && { endpoint }),
        ...(since !== undefined && { since }),
        ...(until !== undefined && { until }),
        ...(types !== undefined && { types }),
      };
      if (dryRun) {
        const answer = await client.recoveries.create({ ...body, dryRun });
        return print.object(answer, () => foundText(answer.estimate));
      }
      const created = await client.recoveries.create(body);
      if (!("id" in created)) return;
      print.note(`${created.id}: ${foundText(created.estimate)}`);
      const ended = wait ? await untilEnded(client, created.id, print, io.untilStopped()) : created;
      print.object(ended, () => ended.explanation);
    });
}

async function untilEnded(client: Rappel, id: string, print: Output, stopped: AbortSignal): Promise<Recovery> {
  for (;;) {
    const recovery = await client.recoveries.get(id);
    if (recovery.finishedAt !== null) {
      print.progressDone();
      return recovery;
    }
    const { resent, matched } = recovery.progress;
    print.progress(
      `${recovery.status}: ${resent} of ${matched} found so far are queued again (Ctrl-C leaves it running)`,
    );
    await sleep(LOOK_EVERY_MS, undefined, { signal: stopped });
  }
}

function foundText({ deliveries, isComplete }: { deliveries: number; isComplete: boolean }): string {
  return `${isComplete ? "" : "at least "}${deliveries} deliver${deliveries === 1 ? "y" : "ies"} to send again`;
}

function statusesOf(given: readonly string[]): Statuses {
  const wrong = given.find((each) => !STATUSES.some((status) => status === each));
  if (wrong !== undefined || given.length === 0)
    throw new UsageError(`--statuses ${wrong ?? "is empty"}: need some of ${STATUSES.join(", ")}`);
  return STATUSES.filter((status) => given.includes(status));
}
