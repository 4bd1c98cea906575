import type { Command } from "commander";
import type { AnswerOf } from "../../client/index.ts";
import { NegativeResult } from "../io.ts";
import type { Tools } from "../tools.ts";
import { listValue, timeValue, urlValue } from "../values.ts";

type Endpoint = AnswerOf<"GET /v1/endpoints">["data"][number];

const COLUMNS = {
  ID: ({ id }: Endpoint) => id,
  STATUS: ({ status }: Endpoint) => status,
  TYPES: ({ eventTypes }: Endpoint) => eventTypes.join(","),
  URL: ({ url }: Endpoint) => url,
  REASON: ({ statusReason }: Endpoint) => statusReason,
};

export function addEndpoints(program: Command, { rappel, output }: Tools): void {
  const endpoints = program
    .command("endpoints")
    .description("lists, adds, tests, pauses, resumes and deletes endpoints");
  endpoints
    .command("list", { isDefault: true })
    .description("lists endpoints, newest first")
    .option("--status <statuses>", "active, failing, suspended, paused; several separated by commas")
    .option("--search <text>", "a part of the id, the URL or the description")
    .action(async (query: { status?: string; search?: string }, command: Command) => {
      const found: Endpoint[] = [];
      for await (const endpoint of rappel(command).endpoints.list({ ...query, limit: 100 })) found.push(endpoint);
      output(command).rows(found, COLUMNS, "There is no endpoint. Add one with: rappel endpoints add URL");
    });
  endpoints
    .command("add")
    .description("registers a URL and prints its signing secret")
    .argument("<url>", "where events are POSTed", urlValue)
    .option("--types <types>", "event types, separated by commas; * is all", listValue, ["*"])
    .option("--description <text>")
    .addHelpText(
      "after",
      "\nExamples:\n  rappel endpoints add https://example.com/hooks\n  rappel endpoints add https://example.com/hooks --types 'order.*,invoice.paid'",
    )
    .action(
      async (url: string, { types, description }: { types: string[]; description?: string }, command: Command) => {
        const body = { url, eventTypes: types, ...(description !== undefined && { description }) };
        const created = await rappel(command).endpoints.create(body);
        const { id, secret } = created;
        output(command).object(created, () => `${id}${secret === undefined ? "" : `\nSigning secret: ${secret}`}`);
      },
    );
  endpoints
    .command("show")
    .description("shows an endpoint with its status and settings")
    .argument("<id>")
    .action(async (id: string, _, command: Command) => {
      const endpoint = await rappel(command).endpoints.get(id);
      output(command).object(endpoint, () => JSON.stringify(endpoint, null, 2));
    });
  endpoints
    .command("test")
    .description("sends a test event and shows the receiver's answer")
    .argument("<id>")
    .action(async (id: string, _, command: Command) => {
      const print = output(command);
      const result = await rappel(command).endpoints.test(id);
      const { outcome, status, durationMs, reason } = result;
      const text = `${outcome}${status === null ? "" : ` ${status}`} in ${durationMs} ms${reason === null ? "" : `: ${reason}`}`;
      print.object(result, () => (outcome === "success" ? print.good(text) : print.bad(text)));
      if (outcome !== "success") throw new NegativeResult("the test was not delivered");
    });
  endpoints
    .command("pause")
    .description("pauses an endpoint: its events wait")
    .argument("<id>")
    .option("--until <time>", "resumes it at this time", timeValue)
    .action(async (id: string, { until }: { until?: string }, command: Command) => {
      const paused = await rappel(command).endpoints.pause(id, until === undefined ? {} : { until });
      output(command).object(paused, () => `${id} is paused`);
    });
  endpoints
    .command("resume")
    .description("resumes an endpoint: delivers what waits, oldest first")
    .argument("<id>")
    .option("--skip", "cancels what waits")
    .option("--since <time>", "delivers only what was accepted since this time, and cancels the rest", timeValue)
    .action(async (id: string, { skip, since }: { skip?: boolean; since?: string }, command: Command) => {
      const backlog = skip === true ? "skip" : since === undefined ? "deliver" : { since };
      const resumed = await rappel(command).endpoints.resume(id, { backlog });
      output(command).object(resumed, () => `${id} is ${resumed.status}`);
    });
  endpoints
    .command("delete")
    .description("deletes an endpoint; what waits for it is cancelled")
    .argument("<id>")
    .action(async (id: string, _, command: Command) => {
      await rappel(command).endpoints.delete(id);
      output(command).object({ id, deleted: true }, () => `${id} is deleted`);
    });
}
