import { appendFileSync, closeSync, fstatSync, openSync, readSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as z from "zod";
import { makePrivateFile, makePrivateFolder } from "../private-files.ts";
import type { Budget } from "./budget.ts";
import { Post } from "./post.ts";

const KEPT = 500; // ours: posts per inbox
/** Bytes of a file that are not of kept posts, beyond as many as of kept ones, before the file is written anew. Ours. */
const OLD_BYTES_MAX = 1024 * 1024;
/** Bytes that are read of a file, from its end. Ours: above what the lines above let it grow to. */
const READ_BYTES_MAX = 256 * 1024 * 1024;
const HangUp = z.object({ number: z.number(), hungUpAfterMs: z.number() });
const Line = z.union([Post, HangUp]);

/** The newest posts of an inbox: at most `KEPT`, and no more than fit in the budget. */
export interface Posts {
  /** Newest first. */
  list(): readonly Post[];
  /** Adds a post, and assigns its number and attempt. */
  add(post: Omit<Post, "number" | "attempt">): Post;
  noteHangUp(number: number, afterMs: number): Post | undefined;
}

interface Kept {
  readonly post: Post;
  readonly giveBack: () => void;
}

/**
 * Opens an inbox's posts.
 * @param budget the bytes in memory, of all inboxes together
 * @param folder where the posts are stored, one JSON line each; without it, they are in memory
 */
export function openPosts(name: string, budget: Budget, folder?: string): Posts {
  const file = folder === undefined ? undefined : join(folder, `${name}.jsonl`);
  let kept: Kept[] = [];
  let last = 0; // the newest number
  let fileBytes = 0;

  const keep = (post: Post) => {
    const giveBack = budget.take(bytesOf(post), () => {
      kept = kept.filter((other) => other.post !== post);
    });
    kept.push({ post, giveBack });
    if (kept.length > KEPT) kept.shift()?.giveBack();
    last = post.number;
  };
  const rewrite = () => {
    if (file === undefined) return;
    const lines = kept.map(({ post }) => `${JSON.stringify(post)}\n`).join("");
    writeFileSync(file, lines, { mode: 0o600 });
    fileBytes = Buffer.byteLength(lines);
  };
  const append = (value: unknown) => {
    if (file === undefined) return;
    const line = `${JSON.stringify(value)}\n`;
    appendFileSync(file, line, { mode: 0o600 });
    fileBytes += Buffer.byteLength(line);
    const keptBytes = kept.reduce((sum, { post }) => sum + bytesOf(post), 0);
    if (fileBytes > 2 * keptBytes + OLD_BYTES_MAX) rewrite();
  };

  if (file !== undefined) {
    for (const post of readPosts(file).slice(-KEPT)) keep(post);
    rewrite();
  }
  return {
    list: () => kept.map(({ post }) => post).toReversed(),
    add: (received) => {
      const before = kept.findLast(({ post }) => post.webhookId !== null && post.webhookId === received.webhookId);
      const post = { ...received, number: last + 1, attempt: (before?.post.attempt ?? 0) + 1 };
      keep(post);
      append(post);
      return post;
    },
    noteHangUp: (number, hungUpAfterMs) => {
      const post = kept.find((candidate) => candidate.post.number === number)?.post;
      if (!post) return undefined;
      post.hungUpAfterMs = hungUpAfterMs;
      append({ number, hungUpAfterMs });
      return post;
    },
  };
}

/** An estimate of the memory that a post uses. A string has up to two bytes per character; base64 has one. */
function bytesOf({ target, headers, body, bodyBase64 }: Post): number {
  const headerChars = headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  return 1_024 + 2 * (target.length + headerChars + (body?.length ?? 0)) + bodyBase64.length;
}

/** The stored posts, oldest first. A line cut off by a crash is dropped. */
function readPosts(file: string): Post[] {
  makePrivateFolder(dirname(file));
  makePrivateFile(file);
  const posts: Post[] = [];
  for (const text of readEnd(file).split("\n")) {
    const line = parseLine(text);
    if (!line) continue;
    if ("receivedAt" in line) posts.push(line);
    else {
      const post = posts.find(({ number }) => number === line.number);
      if (post) post.hungUpAfterMs = line.hungUpAfterMs;
    }
  }
  return posts;
}

function readEnd(file: string): string {
  const descriptor = openSync(file, "r");
  try {
    const { size } = fstatSync(descriptor);
    const bytes = Buffer.alloc(Math.min(size, READ_BYTES_MAX));
    return bytes.toString("utf8", 0, readSync(descriptor, bytes, 0, bytes.length, size - bytes.length));
  } finally {
    closeSync(descriptor);
  }
}

function parseLine(text: string): z.infer<typeof Line> | undefined {
  try {
    return Line.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
