import * as z from "zod";
import {
  accountId,
  type ImportedAccount,
  type ImportedEndpoint,
  readJson,
  type SourceOptions,
  usableSecret,
} from "./source.ts";

const PAGE = 250; // of Svix's API

const listOf = <T extends z.ZodType>(item: T) =>
  z.object({ data: z.array(item), iterator: z.string().nullish(), done: z.boolean() });
const Application = z.object({ id: z.string(), uid: z.string().nullish(), name: z.string() });
const Endpoint = z.object({
  id: z.string(),
  url: z.string(),
  description: z.string().default(""),
  disabled: z.boolean().default(false),
  filterTypes: z.array(z.string()).nullish(),
  channels: z.array(z.string()).nullish(),
  throttleRate: z.number().nullish(),
  rateLimit: z.number().nullish(),
});
const Secret = z.object({ key: z.string() });
const Headers = z.object({ headers: z.record(z.string(), z.string()), sensitive: z.array(z.string()).default([]) });

/** Applications and endpoints of Svix. Source: its API under `/api/v1`, version 1.8x. */
export async function* svixAccounts(source: SourceOptions): AsyncGenerator<ImportedAccount> {
  for await (const { id, uid, name } of all(source, "/api/v1/app", Application))
    yield { id: accountId(uid, id), name, endpoints: endpointsOf(source, id) };
}

async function* endpointsOf(source: SourceOptions, app: string): AsyncGenerator<ImportedEndpoint> {
  const path = `/api/v1/app/${encodeURIComponent(app)}/endpoint`;
  for await (const endpoint of all(source, path, Endpoint)) {
    const own = `${path}/${encodeURIComponent(endpoint.id)}`;
    const [{ key }, { headers, sensitive }] = await Promise.all([
      readJson(source, `${own}/secret`, Secret),
      readJson(source, `${own}/headers`, Headers),
    ]);
    const secret = usableSecret(key);
    const { channels, throttleRate, rateLimit } = endpoint;
    const rate = throttleRate ?? rateLimit;
    yield {
      id: endpoint.id,
      url: endpoint.url,
      eventTypes: endpoint.filterTypes?.length ? endpoint.filterTypes : ["*"],
      headers,
      isPaused: endpoint.disabled,
      ...(endpoint.description !== "" && { description: endpoint.description }),
      ...(secret !== undefined && { secret }),
      notes: [
        ...(secret === undefined ? ["its secret has another form: the receiver needs the new one"] : []),
        ...(sensitive.length > 0 ? [`Svix does not tell the values of ${sensitive.join(", ")}: set them`] : []),
        ...(channels?.length ? [`Rappel has no channels (${channels.join(", ")}): use event types`] : []),
        ...(rate ? [`its limit of ${rate} a second is not taken over`] : []),
      ],
    };
  }
}

async function* all<T extends z.ZodType>(source: SourceOptions, path: string, item: T): AsyncGenerator<z.output<T>> {
  for (let iterator: string | undefined, isLast = false; !isLast; ) {
    const more = iterator === undefined ? "" : `&iterator=${encodeURIComponent(iterator)}`;
    const page = await readJson(source, `${path}?limit=${PAGE}${more}`, listOf(item));
    yield* page.data;
    iterator = page.iterator ?? undefined;
    isLast = page.done || iterator === undefined;
  }
}
