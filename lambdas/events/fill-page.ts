import type { Page } from "../ports/page.ts";

const READS_MAX = 5; // ours: a page is bounded in reads, and says how far it has come

/**
 * Reads pages until one of `limit` items is full, the list has ended, or five have been read: a filter that is applied to
 * what was read can leave out most of it.
 * @param read reads the page that starts after a place; `undefined` for the first one
 */
export async function fillPage<T>(
  limit: number,
  from: string | undefined,
  read: (from: string | undefined, limit: number) => Promise<Page<T>>,
): Promise<Page<T>> {
  const items: T[] = [];
  let next = from;
  for (let reads = 0; reads < READS_MAX; reads++) {
    const page = await read(next, limit - items.length);
    items.push(...page.items);
    next = page.next;
    if (next === undefined || items.length >= limit) break;
  }
  return { items, ...(next !== undefined && { next }) };
}
