/**
 * Receives Rappel's webhooks: verifies each, drops what it has seen, and stores it, or passes it on.
 *
 *   WEBHOOK_SECRET=whsec_… node receiver.ts                     appends each event to events.jsonl
 *   WEBHOOK_SECRET=whsec_… NEXT_URL=https://… node receiver.ts  passes each webhook on as it came
 *
 * STORE names the file, PORT the port (8080). It needs Node 24 and `npm install standardwebhooks`.
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
const PASSED_ON = ["content-type", "webhook-id", "webhook-timestamp", "webhook-signature", "rappel-event-ids"];
const NEXT_TIMEOUT_MS = 10_000; // below the endpoint's own, which is 15 s unless it says otherwise

// Two while the secret is being rotated, with a space between them.
const secrets = WEBHOOK_SECRET.split(" ").filter((secret) => secret !== "");
if (secrets.length === 0) throw new Error("Set WEBHOOK_SECRET to the secret that registering the endpoint has shown");
const judges = secrets.map((secret) => new Webhook(secret));

/** Ids of events, never of groups: of a group that was being stored when a crash came, only a part may be there. */
const seen = seenBefore();
/** Webhooks that are being passed on, by the ids in them. */
const underWay = new Map<string, Promise<unknown>>();

createServer(async (request, response) => {
  const { status, headers = {} } = await receive(request).catch((error: unknown): Answer => {
    console.error(error);
    return { status: 500 }; // Rappel tries again
  });
  response.writeHead(status, headers).end();
}).listen(Number(PORT), "127.0.0.1", () => console.log(`listening on http://127.0.0.1:${PORT}`));

async function receive(request: IncomingMessage): Promise<Answer> {
  if (request.method !== "POST") return { status: 405 };
  const body = await bodyOf(request);
  if (body === undefined) return { status: 413 };
  if (!isSigned(body, request)) return { status: 401 };
  const webhookId = headerOf(request, "webhook-id");
  // A group names the events in it; else the webhook is one event, of the same id.
  const group = headerOf(request, "rappel-event-ids")
    .split(",")
    .filter((id) => id !== "");
  const ids = group.length > 0 ? group : [webhookId];
  return inTurn(ids, async () => {
    if (ids.every((id) => seen.has(id))) return { status: 200 };
    if (NEXT_URL !== undefined) return passOn(NEXT_URL, request, body, ids);
    store(group.length > 0 ? membersOf(body.toString(), ids) : [{ eventIds: ids, body: body.toString() }], request);
    return { status: 200 };
  });
}

function isSigned(body: Buffer, request: IncomingMessage): boolean {
  const headers = Object.fromEntries(PASSED_ON.map((name) => [name, headerOf(request, name)]));
  return judges.some((judge) => {
    try {
      // The bytes as they came: JSON that was parsed and written anew has another signature.
      judge.verify(body.toString(), headers, { jsonParse: false });
      return true;
    } catch {
      return false; // not signed by us, or more than 5 minutes ago
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

/** Each event of a group by itself; a group that is no JSON stays whole. */
function membersOf(body: string, ids: readonly string[]): Member[] {
  const items = body.startsWith("[") ? itemsOf(body) : [];
  if (items.length !== ids.length) return [{ eventIds: ids, body }];
  return items.map((item, index) => ({ eventIds: ids.slice(index, index + 1), body: item }));
}

/** The items of a JSON array as they are written: JSON.parse would take digits from 19421777396190491. */
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

/** Only what is new of a group: a part of it may have come before. */
function store(members: readonly Member[], request: IncomingMessage): void {
  const [webhookId, contentType] = [headerOf(request, "webhook-id"), headerOf(request, "content-type")];
  const receivedAt = new Date().toISOString();
  const unseen = members.filter(({ eventIds }) => !eventIds.every((id) => seen.has(id)));
  append(unseen.map(({ eventIds, body }) => ({ webhookId, eventIds, receivedAt, contentType, body })));
}

/** Here is the place to act on an event. Whoever is next gets the same bytes, and can verify them too. */
async function passOn(url: string, request: IncomingMessage, body: Buffer, ids: readonly string[]): Promise<Answer> {
  const headers = PASSED_ON.map((name): [string, string] => [name, headerOf(request, name)]).filter(
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

/** On the disk before it is acknowledged: what was answered with 200 does not come again. */
function append(lines: readonly Line[]): void {
  const file = openSync(STORE, "a", 0o600);
  const { size } = fstatSync(file);
  try {
    appendFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    fsyncSync(file);
  } catch (error) {
    ftruncateSync(file, size); // of a full disk: the next line must not join half of one
    throw error;
  } finally {
    closeSync(file);
  }
  for (const { eventIds } of lines) for (const id of eventIds) seen.add(id);
}

/** The events in the store. What a crash left of a last line was never acknowledged, and is cut off. */
function seenBefore(): Set<string> {
  if (!existsSync(STORE)) return new Set();
  const bytes = readFileSync(STORE);
  const end = bytes.lastIndexOf("\n") + 1;
  if (end < bytes.length) truncateSync(STORE, end);
  const lines = bytes.subarray(0, end).toString().split("\n").slice(0, -1);
  return new Set(lines.flatMap((line): string[] => JSON.parse(line).eventIds));
}

/** A second copy that comes while the first is worked on waits for what becomes of that. */
async function inTurn(ids: readonly string[], work: () => Promise<Answer>): Promise<Answer> {
  for (let other = busyWith(ids); other !== undefined; other = busyWith(ids)) await other;
  const done = work();
  const settled = done.then(
    () => undefined,
    () => undefined,
  );
  for (const id of ids) underWay.set(id, settled);
  try {
    return await done;
  } finally {
    for (const id of ids) underWay.delete(id);
  }
}

function busyWith(ids: readonly string[]): Promise<unknown> | undefined {
  return ids.map((id) => underWay.get(id)).find((other) => other !== undefined);
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
