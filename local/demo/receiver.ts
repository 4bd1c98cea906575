import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";
import { listen } from "../listen.ts";

/** A POST that the receiver got. */
export interface Post {
  /** Its `webhook-id`. */
  readonly id: string;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  /** The status of the response. */
  readonly status: number;
}

/** A customer's server, which can go down and recover. */
export interface Receiver {
  readonly url: string;
  /** All POSTs, in order. */
  readonly posts: readonly Post[];
  goDown(): void;
  recover(): void;
  /** @param listener called for each POST */
  onPost(listener: (post: Post) => void): void;
  stop(): Promise<void>;
}

/** Starts a receiver on 127.0.0.1. It responds with 200 at once, and with 503 while it is down. */
export async function startReceiver(): Promise<Receiver> {
  const posts: Post[] = [];
  const listeners: ((post: Post) => void)[] = [];
  let isDown = false;
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const post = { id: headers["webhook-id"] ?? "", body, headers, status: isDown ? 503 : 200 };
    response.writeHead(post.status).end();
    posts.push(post);
    for (const listener of listeners) listener(post);
  });
  const { url, stop } = await listen(server);
  return {
    url: `${url}/webhooks`,
    posts,
    goDown: () => {
      isDown = true;
    },
    recover: () => {
      isDown = false;
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
