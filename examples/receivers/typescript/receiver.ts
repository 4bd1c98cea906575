/**
 * Receives Rappel's webhooks: verifies each, drops duplicates, and stores or forwards the rest.
 *
 *   WEBHOOK_SECRET=whsec_… node receiver.ts                     appends each event to events.jsonl
 *   WEBHOOK_SECRET=whsec_… NEXT_URL=https://… node receiver.ts  forwards each webhook unchanged
 *
 * STORE is the file, PORT the port (default 8080). It needs Node 24 and `npm install standardwebhooks`.
 */
import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  truncateSync,
} from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { Webhook } from "standardwebhooks";

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
}

const { WEBHOOK_SECRET = "", NEXT_URL, STORE = "events.jsonl", PORT = "8080" } = process.env;
const BODY_BYTES_MAX = 4 * 1024 * 1024;
const FORWARDED_HEADERS = ["content-type", "webhook-id", "webhook-timestamp", "webhook-signature", "rappel-event-ids"];
const NEXT_TIMEOUT_MS = 10_000; // less than the endpoint's timeoutMs, which is 15 s by default

// Two secrets during a rotation, separated by a space.
const secrets = WEBHOOK_SECRET.split(" ").filter((secret) => secret !== "");
if (secrets.length === 0)
  throw new Error("Set WEBHOOK_SECRET to the secret from the response that registered the endpoint");
const verifiers = secrets.map((secret) => new Webhook(secret));

/** Ids of events, not of groups: after a crash only a part of a group may be stored. */
const seen = storedIds();
/** Webhooks in progress, by the ids of their events. */
const inProgress = new Map<string, Promise<unknown>>();

createServer(async (request, response) => {
  const { status, headers = {} } = await receive(request).catch((error: unknown): Answer => {
    console.error(error);
    return { status: 500 }; // Rappel retries
  });
  response.writeHead(status, headers).end();
}).listen(Number(PORT), "127.0.0.1", () => console.log(`listening on http://127.0.0.1:${PORT}`));

async function receive(request: IncomingMessage): Promise<Answer> {
  if (request.method !== "POST") return { status: 405 };
  const body = await bodyOf(request);
  if (body === undefined) return { status: 413 };
  if (!isSigned(body, request)) return { status: 401 };
  const webhookId = headerOf(request, "webhook-id");
  // A group lists its events. Any other webhook is one event, with the same id.
  const group = headerOf(request, "rappel-event-ids")
    .split(",")
    .filter((id) => id !== "");
  const ids = group.length > 0 ? group : [webhookId];
  return inTurn(ids, async () => {
    if (ids.every((id) => seen.has(id))) return { status: 200 };
    if (NEXT_URL !== undefined) return forward(NEXT_URL, request, body, ids);
    store(group.length > 0 ? membersOf(body.toString(), ids) : [{ eventIds: ids, body: body.toString() }], request);
    return { status: 200 };
  });
}

function isSigned(body: Buffer, request: IncomingMessage): boolean {
  const headers = Object.fromEntries(FORWARDED_HEADERS.map((name) => [name, headerOf(request, name)]));
  return verifiers.some((verifier) => {
    try {
      // The raw bytes: JSON that was parsed and serialised again has a different signature.
      verifier.verify(body.toString(), headers, { jsonParse: false });
      return true;
    } catch {
      return false; // a wrong signature, or older than 5 minutes
    }
  });
}

/** One line of the store. */
interface Line {
  readonly webhookId: string;
  readonly eventIds: readonly string[];
  readonly receivedAt?: string;
  readonly contentType?: string;
  readonly body?: string;
  readonly passedOnAt?: string;
}
interface Member {
  readonly eventIds: readonly string[];
  readonly body: string;
}

/** Splits a group into its events. A group that is not JSON is not split. */
function membersOf(body: string, ids: readonly string[]): Member[] {
  const items = body.startsWith("[") ? itemsOf(body) : [];
  if (items.length !== ids.length) return [{ eventIds: ids, body }];
  return items.map((item, index) => ({ eventIds: ids.slice(index, index + 1), body: item }));
}

/** The items of a JSON array as text: JSON.parse would change 19421777396190491. */
function itemsOf(array: string): string[] {
  const items: string[] = [];
  let depth = 0;
  let start = 1;
  let isInText = false;
  for (let at = 0; at < array.length; at++) {
    const char = array.charAt(at);
    if (isInText && char === "\\") at++;
    else if (char === '"') isInText = !isInText;
    else if (isInText) continue;
    else if ("[{".includes(char)) depth++;
    else if ("]}".includes(char)) depth--;
    if (isInText || (depth > 0 && !(depth === 1 && char === ","))) continue;
    items.push(array.slice(start, at).trim());
    start = at + 1;
    if (depth === 0) break;
  }
  return items;
}

/** Stores only new events of a group: some may have arrived before. */
function store(members: readonly Member[], request: IncomingMessage): void {
  const [webhookId, contentType] = [headerOf(request, "webhook-id"), headerOf(request, "content-type")];
  const receivedAt = new Date().toISOString();
  const unseen = members.filter(({ eventIds }) => !eventIds.every((id) => seen.has(id)));
  append(unseen.map(({ eventIds, body }) => ({ webhookId, eventIds, receivedAt, contentType, body })));
}

/** Replace this with your own processing. The next receiver gets the same bytes, so it can verify them too. */
async function forward(url: string, request: IncomingMessage, body: Buffer, ids: readonly string[]): Promise<Answer> {
  const headers = FORWARDED_HEADERS.map((name): [string, string] => [name, headerOf(request, name)]).filter(
    ([, value]) => value !== "",
  );
  const next = await fetch(url, {
    method: "POST",
    headers,
    body: new Uint8Array(body),
    redirect: "manual",
    signal: AbortSignal.timeout(NEXT_TIMEOUT_MS),
  }).catch(() => undefined);
  await next?.arrayBuffer().catch(() => undefined);
  if (next === undefined || next.status < 200 || (next.status >= 300 && next.status < 400)) return { status: 502 };
  const retryAfter = next.headers.get("retry-after");
  if (!next.ok) return { status: next.status, ...(retryAfter !== null && { headers: { "retry-after": retryAfter } }) };
  append([{ webhookId: headerOf(request, "webhook-id"), eventIds: ids, passedOnAt: new Date().toISOString() }]);
  return { status: next.status };
}

/** Writes to the disk before the response: an event confirmed with 200 is not sent again. */
function append(lines: readonly Line[]): void {
  const file = openSync(STORE, "a", 0o600);
  const { size } = fstatSync(file);
  try {
    appendFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    fsyncSync(file);
  } catch (error) {
    ftruncateSync(file, size); // for example on a full disk: removes a partial line
    throw error;
  } finally {
    closeSync(file);
  }
  for (const { eventIds } of lines) for (const id of eventIds) seen.add(id);
}

/** The ids of the stored events. An incomplete last line, after a crash, was never confirmed and is removed. */
function storedIds(): Set<string> {
  if (!existsSync(STORE)) return new Set();
  const bytes = readFileSync(STORE);
  const end = bytes.lastIndexOf("\n") + 1;
  if (end < bytes.length) truncateSync(STORE, end);
  const lines = bytes.subarray(0, end).toString().split("\n").slice(0, -1);
  return new Set(lines.flatMap((line): string[] => JSON.parse(line).eventIds));
}

/** Runs `work`. A second copy of an event waits for the result of the first. */
async function inTurn(ids: readonly string[], work: () => Promise<Answer>): Promise<Answer> {
  for (let earlier = inProgressFor(ids); earlier !== undefined; earlier = inProgressFor(ids)) await earlier;
  const done = work();
  const settled = done.then(
    () => undefined,
    () => undefined,
  );
  for (const id of ids) inProgress.set(id, settled);
  try {
    return await done;
  } finally {
    for (const id of ids) inProgress.delete(id);
  }
}

function inProgressFor(ids: readonly string[]): Promise<unknown> | undefined {
  return ids.map((id) => inProgress.get(id)).find((work) => work !== undefined);
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= BODY_BYTES_MAX) chunks.push(chunk);
  }
  return bytes <= BODY_BYTES_MAX ? Buffer.concat(chunks) : undefined;
}

function headerOf(request: IncomingMessage, name: string): string {
  return String(request.headers[name] ?? "");
}
