import type { ServerResponse } from "node:http";
import type { Post } from "./post.ts";

/** The open pages of an inbox. */
export interface Feed {
  /** Sends the stored posts, oldest first, and then each new one, as server-sent events. */
  follow(response: ServerResponse, posts: readonly Post[]): void;
  /** Sends a post that is new or has changed. */
  send(post: Post): void;
}

/** Characters of a body that the page gets at once; it fetches a longer body when a user opens the post. Ours. */
const PREVIEW_CHARS = 4096;

/** Bytes that may wait for a page that does not read. Beyond, its connection is closed, and it connects again. Ours. */
const UNREAD_BYTES_MAX = 8 * 1024 * 1024;

export function createFeed(): Feed {
  const followers = new Set<ServerResponse>();
  return {
    follow: (response, posts) => {
      response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
      // Milliseconds after which a browser reconnects, for example after a restart.
      response.write("retry: 1000\n\n");
      for (const post of posts.toReversed()) response.write(frame(post));
      followers.add(response);
      response.once("close", () => followers.delete(response));
    },
    send: (post) => {
      for (const follower of followers) {
        if (follower.writableLength > UNREAD_BYTES_MAX) follower.destroy();
        else follower.write(frame(post));
      }
    },
  };
}

function frame(post: Post): string {
  const isShort = post.bodyBase64.length <= PREVIEW_CHARS;
  const shown = isShort ? post : { ...post, body: post.body?.slice(0, PREVIEW_CHARS) ?? null, bodyBase64: null };
  return `data: ${JSON.stringify(shown)}\n\n`;
}
