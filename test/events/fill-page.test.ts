import { describe, expect, it } from "vitest";
import { fillPage } from "../../lambdas/events/fill-page.ts";
import { memoryClock } from "../../local/simulator/memory/clock.ts";

describe("filling a page", () => {
  /** A list of pages with these numbers of items, which take that long each. */
  function listOf(sizes: readonly number[], tookMs = 0) {
    const clock = memoryClock();
    const reads: (string | undefined)[] = [];
    const fill = (limit: number) =>
      fillPage(clock, limit, undefined, async (from, most) => {
        reads.push(from);
        clock.move(tookMs);
        const at = Number(from ?? 0);
        const items = Array.from({ length: Math.min(most, sizes[at] ?? 0) }, () => at);
        return { items, ...(at + 1 < sizes.length && { next: String(at + 1) }) };
      });
    return { fill, reads };
  }

  it("pages are read until one is full, and the next one goes on there", async () => {
    const { fill, reads } = listOf([0, 2, 2, 2]);
    expect(await fill(3)).toEqual({ items: [1, 1, 2], next: "3" });
    expect(reads).toEqual([undefined, "1", "2"]);
  });

  it("a list that has ended has no next page", async () => {
    expect(await listOf([1, 1]).fill(9)).toEqual({ items: [0, 1] });
  });

  it("at most five pages are read", async () => {
    const { fill, reads } = listOf(Array<number>(9).fill(0));
    expect(await fill(1)).toEqual({ items: [], next: "5" });
    expect(reads).toHaveLength(5);
  });

  it("no page is read after five seconds", async () => {
    const { fill, reads } = listOf(Array<number>(9).fill(0), 2_500);
    expect(await fill(1)).toEqual({ items: [], next: "2" });
    expect(reads).toHaveLength(2);
  });
});
