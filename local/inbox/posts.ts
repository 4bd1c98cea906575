import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { Post } from "./post.ts";

const KEPT = 500; // ours: posts per inbox
const HangUp = z.object({ number: z.number(), hungUpAfterMs: z.number() });
const Line = z.union([Post, HangUp]);

/** The newest `KEPT` posts of an inbox. */
export interface Posts {
  /** Newest first. */
  list(): readonly Post[];
  /** Adds a post, and assigns its number and attempt. */
  add(post: Omit<Post, "number" | "attempt">): Post;
  noteHangUp(number: number, afterMs: number): Post | undefined;
}

/** Opens an inbox's posts. @param folder where they are stored, one JSON line each; without it, they are in memory */
export function openPosts(name: string, folder?: string): Posts {
  const file = folder === undefined ? undefined : join(folder, `${name}.jsonl`);
  const posts = file ? readLines(file) : [];
  const append = (line: unknown) => {
    if (file) appendFileSync(file, `${JSON.stringify(line)}\n`);
  };
  return {
    list: () => posts.toReversed(),
    add: (received) => {
      const before =
        received.webhookId === null ? [] : posts.filter(({ webhookId }) => webhookId === received.webhookId);
      const post = {
        ...received,
        number: (posts.at(-1)?.number ?? 0) + 1,
        attempt: (before.at(-1)?.attempt ?? 0) + 1,
      };
      posts.push(post);
      if (posts.length > KEPT) posts.shift();
      append(post);
      return post;
    },
    noteHangUp: (number, hungUpAfterMs) => {
      const post = posts.find((candidate) => candidate.number === number);
      if (!post) return undefined;
      post.hungUpAfterMs = hungUpAfterMs;
      append({ number, hungUpAfterMs });
      return post;
    },
  };
}

/** Reads the stored posts, and rewrites the file without old ones. A line cut off by a crash is dropped. */
function readLines(file: string): Post[] {
  mkdirSync(join(file, ".."), { recursive: true, mode: 0o700 });
  if (!existsSync(file)) return [];
  const posts: Post[] = [];
  for (const text of readFileSync(file, "utf8").split("\n")) {
    const line = parseLine(text);
    if (!line) continue;
    if ("receivedAt" in line) posts.push(line);
    else {
      const post = posts.find(({ number }) => number === line.number);
      if (post) post.hungUpAfterMs = line.hungUpAfterMs;
    }
  }
  const kept = posts.slice(-KEPT);
  writeFileSync(file, kept.map((post) => `${JSON.stringify(post)}\n`).join(""), { mode: 0o600 });
  return kept;
}

function parseLine(text: string): z.infer<typeof Line> | undefined {
  try {
    return Line.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
