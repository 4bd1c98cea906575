import * as z from "zod";
import { webhookValidator } from "../../support/openapi-schemas.ts";

/** The parts of a received POST that are checked. */
interface Post {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}
const Registered = z.object({ url: z.string(), format: z.string(), encoding: z.string() });
const Callbacks = z.object({ Data: z.array(z.object({ Url: z.string() })) });
/** The formats in which a URL may receive events, by its path and port. */
const formats = new Map<string, Set<string>>();

const keyOf = (url: string) => {
  const { port, pathname } = new URL(url);
  return `${port}${pathname}`;
};

function note(url: string, format: string): void {
  if (!URL.canParse(url)) return;
  formats.set(keyOf(url), (formats.get(keyOf(url)) ?? new Set()).add(format));
}

/** Notes the URL and the format of an endpoint in an answer of the API. */
export function noteFormats(json: unknown): void {
  const endpoint = Registered.safeParse(json);
  if (endpoint.success) note(endpoint.data.url, endpoint.data.format);
  for (const { Url } of Callbacks.safeParse(json).data?.Data ?? []) note(Url, "mailjet");
}

/**
 * Says which part of a POST the OpenAPI document's `webhooks` do not list, or `undefined` if it is listed, or if its URL was
 * not registered through the API in this process.
 */
export function unlisted({ path, headers, body }: Post, port: string): string | undefined {
  const known = formats.get(`${port}${path.split("?")[0]}`);
  const mediaType = headers["content-type"] ?? "";
  if (known === undefined || headers["webhook-id"] === undefined || headers["rappel-test"] === "true") return undefined;
  if (mediaType.startsWith("application/xml")) return undefined;
  const json: unknown = JSON.parse(body.toString());
  const isListed = [...known].some((format) => {
    const isCloudEvents = mediaType.startsWith("application/cloudevents");
    return (format === "cloudevents") === isCloudEvents && webhookValidator(format, mediaType)(json);
  });
  return isListed ? undefined : `${mediaType} ${body.toString().slice(0, 500)} is no body of ${[...known].join(", ")}`;
}
