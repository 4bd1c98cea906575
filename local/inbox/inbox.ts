import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { type AcceptedHosts, LOOPBACK_ONLY, refusesForeign } from "../accepted-hosts.ts";
import type { BeforeRoutes } from "../emulator/gateway/gateway.ts";
import { readBody } from "../emulator/gateway/request-body.ts";
import { createBudget } from "./budget.ts";
import { createFeed, type Feed } from "./feed.ts";
import { readPage } from "./page.ts";
import { headerOf, type Post, textOf } from "./post.ts";
import { openPosts, type Posts } from "./posts.ts";
import { type SecretsOf, verify } from "./verify.ts";

/** Maximum bytes of a request. Ours: the same as the gateway's. */
const BODY_BYTES_MAX = 10 * 1024 * 1024;
/** Bytes in memory of all inboxes' posts. The oldest are dropped. Ours: six of the largest, or thousands of usual ones. */
const KEPT_BYTES = 64 * 1024 * 1024;
const INBOXES_MAX = 1_000; // ours
const WAIT_SECONDS_MAX = 60; // ours
const FRESH_MS = 5_000; // ours
const POLL_MS = 20; // ours
const DELAY_MS_MAX = 120_000; // ours: twice the longest timeoutMs

interface Inbox {
  readonly name: string;
  readonly posts: Posts;
  readonly feed: Feed;
}

/**
 * The built-in receiver at `/inbox/{name}`. It shows each webhook and responds with 200, or as `?answer=500&delayMs=9000`
 * specifies.
 * @param folder where posts are stored; without it, they are in memory
 * @param options the host names of the service, and the bytes in memory of all inboxes
 */
export function createInboxes(
  secretsOf: SecretsOf,
  folder?: string,
  { hosts = LOOPBACK_ONLY, keptBytes = KEPT_BYTES }: { hosts?: AcceptedHosts; keptBytes?: number } = {},
): BeforeRoutes {
  const inboxes = new Map<string, Inbox>();
  const budget = createBudget(keptBytes);
  const open = (name: string): Inbox => {
    const inbox = inboxes.get(name) ?? { name, posts: openPosts(name, budget, folder), feed: createFeed() };
    inboxes.set(name, inbox);
    return inbox;
  };

  return (request, response) => {
    const url = URL.parse(request.url ?? "", "http://inbox");
    const [, prefix, name, ...rest] = url?.pathname.split("/") ?? [];
    if (prefix !== "inbox" || !url) return false;
    if (refusesForeign(request, response, hosts)) return true;
    if (name === undefined || rest.length > 0 || !/^[A-Za-z0-9_-]{1,64}$/.test(name)) {
      sendJson(response, 404, {
        message: "An inbox is at /inbox/{name}; a name has 1-64 characters of A-Z a-z 0-9 _ -",
      });
    } else if (!inboxes.has(name) && inboxes.size >= INBOXES_MAX) {
      sendJson(response, 503, {
        message: `There are ${INBOXES_MAX} inboxes, which is the maximum. Use one of them, or restart the service`,
      });
    } else if (request.method === "GET") show(open(name), url, request, response);
    else void receive(open(name), url, request, response, secretsOf).catch(() => response.destroy());
    return true;
  };
}

function show({ name, posts, feed }: Inbox, url: URL, request: IncomingMessage, response: ServerResponse): void {
  const accept = request.headers.accept ?? "";
  const number = url.searchParams.get("number");
  if (accept.includes("text/event-stream")) feed.follow(response, posts.list());
  else if (accept.includes("text/html")) {
    const { html, policy } = readPage(name);
    response.writeHead(200, { "content-type": "text/html; charset=utf-8", "content-security-policy": policy });
    response.end(html);
  } else if (number === null) void showNewest(posts, url, response);
  else {
    const post = posts.list().find((candidate) => String(candidate.number) === number);
    if (post) sendJson(response, 200, post);
    else sendJson(response, 404, { message: `This inbox has no post ${number}` });
  }
}

/** `?waitSeconds=10` waits for a post, unless one arrived in the last 5 seconds. */
async function showNewest(posts: Posts, url: URL, response: ServerResponse): Promise<void> {
  const waitSeconds = wholeNumber(url, "waitSeconds", 0, 0, WAIT_SECONDS_MAX);
  if (typeof waitSeconds === "string") return sendJson(response, 400, { message: waitSeconds });
  const until = Date.now() + waitSeconds * 1_000;
  const isFresh = () => Date.now() - (posts.list()[0]?.receivedAt ?? 0) < FRESH_MS;
  while (!isFresh() && Date.now() < until && !response.destroyed) await sleep(POLL_MS);
  sendJson(response, 200, { data: posts.list() });
}

async function receive(
  inbox: Inbox,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
  secretsOf: SecretsOf,
): Promise<void> {
  const receivedAt = Date.now();
  const status = wholeNumber(url, "answer", 200, 200, 599);
  const delayMs = wholeNumber(url, "delayMs", 0, 0, DELAY_MS_MAX);
  if (typeof status === "string" || typeof delayMs === "string") {
    return sendJson(response, 400, {
      message: [status, delayMs].filter((problem) => typeof problem === "string").join(" "),
    });
  }
  const number = await keep(inbox, request, secretsOf, receivedAt, { status, delayMs });
  if (number === undefined)
    return sendJson(response, 413, {
      message: `The body is too large: an inbox accepts up to ${BODY_BYTES_MAX} bytes`,
    });

  const { posts, feed } = inbox;
  response.once("close", () => {
    const hungUp = response.writableFinished ? undefined : posts.noteHangUp(number, Date.now() - receivedAt);
    if (hungUp) feed.send(hungUp);
  });
  await sleep(Math.max(0, delayMs - (Date.now() - receivedAt)));
  sendJson(response, status, { received: number });
}

/**
 * Stores a request. A function of its own: `receive` must not hold the body in memory until it responds.
 * @returns the post's number; `undefined` if the body is too large
 */
async function keep(
  { name, posts, feed }: Inbox,
  request: IncomingMessage,
  secretsOf: SecretsOf,
  receivedAt: number,
  answer: Post["answer"],
): Promise<number | undefined> {
  const body = await readBody(request, BODY_BYTES_MAX);
  if (!body) return undefined;
  const headers = pairsOf(request.rawHeaders);
  const isUnsigned = headerOf(headers, "webhook-signature") === null;
  const secrets = await secretsOf(name, (known) => isUnsigned || verify(headers, body, known).isVerified);
  const post = posts.add({
    receivedAt,
    method: request.method ?? "",
    target: request.url ?? "",
    headers,
    webhookId: headerOf(headers, "webhook-id"),
    ...verify(headers, body, secrets),
    answer,
    hungUpAfterMs: null,
    bodyBytes: body.length,
    body: textOf(body),
    bodyBase64: body.toString("base64"),
  });
  feed.send(post);
  return post.number;
}

function wholeNumber(url: URL, name: string, fallback: number, min: number, max: number): number | string {
  const text = url.searchParams.get(name);
  if (text === null) return fallback;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  return `Cannot use ${name}=${text}: need a whole number from ${min} to ${max}.`;
}

function pairsOf(rawHeaders: readonly string[]): Post["headers"] {
  return rawHeaders.flatMap((name, at) =>
    at % 2 === 0 ? [[name, rawHeaders[at + 1] ?? ""] satisfies [string, string]] : [],
  );
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  // These never carry a body.
  response.end(status === 204 || status === 205 || status === 304 ? undefined : JSON.stringify(value));
}
