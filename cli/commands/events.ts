import type { Command } from "commander";
import type { AnswerOf } from "../../client/index.ts";
import type { Tools } from "../tools.ts";
import { timeValue, wholeValue } from "../values.ts";

type Listed = AnswerOf<"GET /v1/events">["data"][number];

const COLUMNS = {
  ID: ({ id }: Listed) => id,
  TYPE: ({ type }: Listed) => type,
  ACCEPTED: ({ acceptedAt }: Listed) => acceptedAt,
  DELIVERED: ({ outcome }: Listed) => `${outcome.delivered}/${outcome.endpoints}`,
  PENDING: ({ outcome }: Listed) => outcome.pending,
  FAILED: ({ outcome }: Listed) => outcome.failed,
};

interface EventFilters {
  readonly status?: "failed" | "pending" | "delivered" | "unmatched";
  readonly type?: string;
  readonly since?: string;
  readonly limit: number;
}

export function addEvents(program: Command, { io, rappel, output }: Tools): void {
  const events = program.command("events").description("lists events, shows what happened to one, and sends it again");
  events
    .command("list", { isDefault: true })
    .description("lists events with their outcomes, newest first")
    .option("--status <status>", "failed, pending, delivered or unmatched")
    .option("--type <type>", "a type, or a prefix such as order.*")
    .option("--since <time>", "accepted since this time", timeValue)
    .option("--limit <count>", "how many", wholeValue(1, 100_000), 50)
    .action(async ({ status, type, since, limit }: EventFilters, command: Command) => {
      const query = { status, type, after: since, limit: Math.min(limit, 100) };
      const found: Listed[] = [];
      for await (const event of rappel(command).events.list(query)) if (found.push(event) === limit) break;
      output(command).rows(found, COLUMNS, "No event matches");
    });
  events
    .command("show")
    .description("shows an event's deliveries, and why each is where it is")
    .argument("<id>")
    .option("--payload", "prints only its payload, byte for byte")
    .action(async (id: string, { payload }: { payload?: boolean }, command: Command) => {
      const client = rappel(command);
      if (payload === true) return io.out(await client.events.payload(id));
      const event = await client.events.get(id);
      output(command).object(event, () =>
        [
          `${event.id}  ${event.type}  accepted ${event.acceptedAt}`,
          event.explanation,
          ...event.deliveries.map(
            ({ endpointId, endpointUrl, status, explanation }) =>
              `  ${endpointId}  ${status}  ${endpointUrl ?? "(deleted)"}\n    ${explanation}`,
          ),
        ].join("\n"),
      );
    });
  events
    .command("resend")
    .description("sends an event again, with the same id")
    .argument("<id>")
    .option("--to <endpoint>", "only to this endpoint")
    .action(async (id: string, { to }: { to?: string }, command: Command) => {
      const resent = await rappel(command).events.resend(id, to === undefined ? {} : { endpoints: [to] });
      output(command).object(resent, () => resent.explanation);
    });
}
