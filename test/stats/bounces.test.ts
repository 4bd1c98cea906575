import { describe, expect, it } from "vitest";
import { loggedEvent } from "../../lambdas/delivery/model/first-attempt.ts";
import { readSourceEvents } from "../../lambdas/http/parse-events.ts";
import { bouncesAnswer } from "../../lambdas/http/views/bounce-views.ts";
import { newId } from "../../lambdas/shared/ids.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { listBounces } from "../../lambdas/stats/list-bounces.ts";
import FIXTURE from "../fixtures/bounces.json" with { type: "json" };
import { eventWith } from "../support/examples.ts";
import { memoryWorld } from "../support/memory-world.ts";

const { events, hard, withSoft } = FIXTURE;

/** A log with the hand-made events, one second apart. */
async function bounced() {
  const world = memoryWorld();
  const ids: string[] = [];
  for (const { source, event } of events) {
    const from = source === "mailjet" ? "mailjet" : "sarbacane";
    const [sent] = readSourceEvents(from, Buffer.from(JSON.stringify(event))).events;
    const acceptedAt = world.clock.now();
    const id = newId("evt", acceptedAt, world.random.next);
    ids.push(id);
    const logged = eventWith({ ...sent, source: from, id, acceptedAt, occurredAt: acceptedAt });
    await world.log.add(loggedEvent(logged, [], { now: acceptedAt, keptUntil: acceptedAt + 86_400_000 }));
    world.clock.move(1_000);
  }
  return { world, ids };
}
const json = { format: "json" } as const;
const csv = { format: "csv" } as const;
const sorted = <T extends { email: string }>(rows: readonly T[]) =>
  rows.toSorted((a, b) => (a.email < b.email ? -1 : 1));

/** RFC 4180, written independently of the library. */
function cellsOf(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain = "", end = ""] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === "\r\n") rows.push([]);
  }
  return rows.slice(0, -1);
}

describe("bounced addresses", () => {
  it("of 200 events of both platforms are one line each, with the last reason and the count", async () => {
    const { world } = await bounced();
    expect(events).toHaveLength(200);
    for (const [isSoftIncluded, expected] of [
      [false, hard],
      [true, withSoft],
    ] as const) {
      const { body } = bouncesAnswer(await listBounces(world, "acme", { isSoftIncluded }), json);
      const { data, nextCursor } = body as { data: { email: string }[]; nextCursor: string | null };
      expect(nextCursor).toBeNull();
      expect(sorted(data)).toEqual(sorted(expected).map((row) => expect.objectContaining(row)));
    }
  });

  it("as CSV are quoted by RFC 4180, and no cell is a formula", async () => {
    const { world } = await bounced();
    const { body, headers } = bouncesAnswer(await listBounces(world, "acme", { isSoftIncluded: false }), csv);
    const text = Buffer.from(body as Uint8Array).toString();
    expect(headers["content-type"]).toMatch(/^text\/csv; charset=utf-8/);
    const [head = [], ...rows] = cellsOf(text);
    expect(head).toEqual(["email", "bounce", "count", "lastReason", "lastBouncedAt", "source", "lastEventId"]);
    expect(rows).toHaveLength(hard.length);
    for (const cells of rows) {
      expect(cells).toHaveLength(head.length);
      for (const cell of cells) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
    }
    const byEmail = new Map(rows.map((cells) => [cells[0], cells]));
    for (const { email, count, lastReason } of hard) {
      const escaped = (value: string) => (/^[=+\-@\t\r]/.test(value) ? `'${value}` : value);
      expect(byEmail.get(escaped(email))?.slice(2, 4)).toEqual([String(count), escaped(lastReason)]);
    }
  });

  it("are read from a time on", async () => {
    const { world, ids } = await bounced();
    const { items } = await listBounces(world, "acme", { isSoftIncluded: true, after: ids[120] ?? "" });
    const total = items.reduce((sum, { count }) => sum + count, 0);
    const all = await listBounces(world, "acme", { isSoftIncluded: true });
    const older = await listBounces(world, "acme", { isSoftIncluded: true, before: ids[120] ?? "" });
    expect(total).toBeGreaterThan(0);
    expect(total + older.items.reduce((sum, { count }) => sum + count, 0)).toBe(
      all.items.reduce((sum, { count }) => sum + count, 0),
    );
  });

  it("of a long log come in parts, with a cursor in JSON and a link in CSV", async () => {
    const { world } = await bounced();
    let calls = 0;
    const log = {
      list: async (...[account, query]: Parameters<typeof world.log.list>) => {
        calls++;
        return world.log.list(account, { ...query, limit: 3 });
      },
    };
    const counts = new Map<string, number>();
    let before: string | undefined;
    do {
      const page = await listBounces({ log }, "acme", { isSoftIncluded: false, ...(before && { before }) });
      for (const { email, count } of page.items)
        counts.set(email.toLowerCase(), (counts.get(email.toLowerCase()) ?? 0) + count);
      before = page.next;
      const { headers } = bouncesAnswer(page, { ...csv, since: "2026-01-01T00:00:00Z" });
      if (before === undefined) expect(headers).not.toHaveProperty("link");
      else expect(headers["link"]).toMatch(/^<\/v1\/bounces\?since=.*&format=csv&cursor=.+>; rel="next"$/);
    } while (before !== undefined);
    expect(calls).toBeGreaterThan(LIMITS.bouncePages);
    expect(counts).toEqual(new Map(hard.map(({ email, count }) => [email.toLowerCase(), count])));
  });

  it("of events that the account sent itself are none", async () => {
    const world = memoryWorld();
    const at = world.clock.now();
    const own = eventWith({ type: "hard_bounce", source: "api", payload: Buffer.from('{"email":"a@example.com"}') });
    await world.log.add(loggedEvent(own, [], { now: at, keptUntil: at + 86_400_000 }));
    expect((await listBounces(world, "acme", { isSoftIncluded: true })).items).toEqual([]);
  });
});
