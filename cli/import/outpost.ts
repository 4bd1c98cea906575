import * as z from "zod";
import {
  accountId,
  type ImportedAccount,
  type ImportedEndpoint,
  readJson,
  type SourceOptions,
  usableSecret,
} from "./source.ts";

const PAGE = 100; // of Outpost's API

const Tenants = z.object({
  models: z.array(z.object({ id: z.string() })),
  pagination: z.object({ next: z.string().nullish() }).optional(),
});
const Destinations = z.array(
  z.object({
    id: z.string(),
    type: z.string(),
    topics: z.union([z.literal("*"), z.array(z.string())]),
    disabled_at: z.string().nullish(),
    filter: z.unknown().optional(),
    config: z.record(z.string(), z.string()).default({}),
    credentials: z.record(z.string(), z.string()).nullish(),
  }),
);
const CustomHeaders = z.record(z.string(), z.string());
const TYPE = /^(\*|[A-Za-z0-9_.-]{1,128}|[A-Za-z0-9_.-]{1,126}\.\*)$/;

/** Tenants and webhook destinations of Hookdeck Outpost. Source: its OpenAPI document, August 2026. */
export async function* outpostAccounts(source: SourceOptions): AsyncGenerator<ImportedAccount> {
  for (let next: string | undefined, isLast = false; !isLast; ) {
    const more = next === undefined ? "" : `&next=${encodeURIComponent(next)}`;
    const page = await readJson(source, `/tenants?limit=${PAGE}${more}`, Tenants);
    for (const { id } of page.models) yield { id: accountId(id), name: id, endpoints: endpointsOf(source, id) };
    next = page.pagination?.next ?? undefined;
    isLast = next === undefined;
  }
}

async function* endpointsOf(source: SourceOptions, tenant: string): AsyncGenerator<ImportedEndpoint> {
  const path = `/tenants/${encodeURIComponent(tenant)}/destinations?type=webhook`;
  for (const destination of await readJson(source, path, Destinations)) {
    const { id, type, topics, config, credentials } = destination;
    if (type !== "webhook" || config["url"] === undefined) continue;
    const wanted = topics === "*" ? ["*"] : topics;
    const eventTypes = wanted.filter((topic) => TYPE.test(topic));
    const secret = usableSecret(credentials?.["secret"]);
    const others = wanted.filter((topic) => !TYPE.test(topic));
    yield {
      id,
      url: config["url"],
      eventTypes,
      headers: headersOf(config["custom_headers"]),
      isPaused: typeof destination.disabled_at === "string",
      ...(secret !== undefined && { secret }),
      notes: [
        ...(secret === undefined ? ["its secret has another form: the receiver needs the new one"] : []),
        ...(others.length > 0 ? [`no event type can be ${others.join(", ")}`] : []),
        ...(isFilter(destination.filter) ? ["Rappel has no filters by content: its filter is not taken over"] : []),
      ],
    };
  }
}

function headersOf(text: string | undefined): Record<string, string> {
  return text === undefined || text === "" ? {} : CustomHeaders.parse(JSON.parse(text));
}

function isFilter(filter: unknown): boolean {
  return typeof filter === "object" && filter !== null && Object.keys(filter).length > 0;
}
