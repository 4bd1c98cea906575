import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";
import { listen } from "../listen.ts";

/** A POST as a customer's server saw it. */
export interface Post {
  /** Its `webhook-id`. */
  readonly id: string;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  /** What it was answered. */
  readonly status: number;
}

/** A customer's server, which can die and be mended. */
export interface Receiver {
  readonly url: string;
  /** All of them, in order. */
  readonly posts: readonly Post[];
  die(): void;
  mend(): void;
  /** Told of each POST as it arrives. */
  onPost(listener: (post: Post) => void): void;
  stop(): Promise<void>;
}

/** Starts one on 127.0.0.1: it answers 200 at once, and 503 while it is dead. */
export async function startReceiver(): Promise<Receiver> {
  const posts: Post[] = [];
  const listeners: ((post: Post) => void)[] = [];
  let isDead = false;
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const post = { id: headers["webhook-id"] ?? "", body, headers, status: isDead ? 503 : 200 };
    response.writeHead(post.status).end();
    posts.push(post);
    for (const listener of listeners) listener(post);
  });
  const { url, stop } = await listen(server);
  return {
    url: `${url}/webhooks`,
    posts,
    die: () => {
      isDead = true;
    },
    mend: () => {
      isDead = false;
    },
    onPost: (listener) => listeners.push(listener),
    stop,
  };
}

/** Whether the Standard Webhooks library accepts a POST's signature. */
export function isVerified({ headers, body }: Post, secret: string): boolean {
  try {
    new Webhook(secret).verify(body.toString(), { ...headers }, { jsonParse: false });
    return true;
  } catch {
    return false;
  }
}
