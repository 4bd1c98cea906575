import type { ServerResponse } from "node:http";
import type { Post } from "./post.ts";

/** Everybody who looks at an inbox's page now. */
export interface Feed {
  /** Sends what there is, oldest first, and from then on what arrives. Server-sent events. */
  follow(response: ServerResponse, posts: readonly Post[]): void;
  /** Sends a new post, or one that changed. */
  tell(post: Post): void;
}

/** Bytes of a body that the page gets unasked; it fetches the rest when somebody looks. Ours. */
const PREVIEW_CHARS = 4096;

export function createFeed(): Feed {
  const followers = new Set<ServerResponse>();
  return {
    follow: (response, posts) => {
      response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
      // The pause tells a browser when to try again after a restart.
      response.write("retry: 1000\n\n");
      for (const post of posts.toReversed()) response.write(frame(post));
      followers.add(response);
      response.once("close", () => followers.delete(response));
    },
    tell: (post) => {
      for (const follower of followers) follower.write(frame(post));
    },
  };
}

function frame(post: Post): string {
  const isShort = post.bodyBase64.length <= PREVIEW_CHARS;
  const shown = isShort ? post : { ...post, body: post.body?.slice(0, PREVIEW_CHARS) ?? null, bodyBase64: null };
  return `data: ${JSON.stringify(shown)}\n\n`;
}
