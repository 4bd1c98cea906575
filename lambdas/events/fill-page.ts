import type { Clock } from "../ports/clock.ts";
import type { Page } from "../ports/page.ts";

// Ours: a page is bounded in reads and in time, and says how far it has come.
const READS_MAX = 5;
const READING_MS = 5_000;

/**
 * Reads pages until one of `limit` items is full, the list has ended, five have been read or 5 s have passed: a filter that
 * is applied to what was read can leave out most of it.
 * @param read reads the page that starts after a place; `undefined` for the first one
 */
export async function fillPage<T>(
  clock: Pick<Clock, "now">,
  limit: number,
  from: string | undefined,
  read: (from: string | undefined, limit: number) => Promise<Page<T>>,
): Promise<Page<T>> {
  const items: T[] = [];
  let next = from;
  const until = clock.now() + READING_MS;
  for (let reads = 0; reads < READS_MAX; reads++) {
    const page = await read(next, limit - items.length);
    items.push(...page.items);
    next = page.next;
    if (next === undefined || items.length >= limit || clock.now() >= until) break;
  }
  return { items, ...(next !== undefined && { next }) };
}
