import type { ComponentChildren } from "preact";
import type { AnswerOf } from "../api/client.ts";
import { dollars, dollarsPerMillion } from "../parts/price.ts";
import { number } from "../parts/time.tsx";
import { w } from "../words/words.ts";

type Stats = AnswerOf<"GET /v1/stats">;

/** An account's counts of the period that was read. */
export interface AccountCounts {
  readonly events: number;
  readonly delivered: number;
  readonly failed: number;
  readonly ended: number;
  readonly unmatched: number;
  readonly p99Ms: number | null;
}

export function accountCounts({ data }: Stats, name: string): AccountCounts {
  const none: AccountCounts = { events: 0, delivered: 0, failed: 0, ended: 0, unmatched: 0, p99Ms: null };
  return data.reduce((sums, { counts }) => {
    const count = counts[name];
    if (count === undefined || typeof count === "number" || !("unmatched" in count)) return sums;
    return {
      events: sums.events + count.events,
      delivered: sums.delivered + count.delivered + count.deliveredLater,
      failed: sums.failed + count.failed,
      ended: sums.ended + count.exhausted + count.cancelled,
      unmatched: sums.unmatched + count.unmatched,
      p99Ms: slower(sums.p99Ms, count.p99Ms),
    };
  }, none);
}

/** Of all accounts. Their response times cannot be added: the slowest account's stand for all. */
export function added(
  counts: ReadonlyMap<string, AccountCounts>,
): AccountCounts & { readonly slowest: string | undefined } {
  const all = [...counts].map(([name, count]) => ({ name, ...count }));
  const sum = (of: (counts: AccountCounts) => number) => all.reduce((total, each) => total + of(each), 0);
  const p99Ms = all.reduce<number | null>((worst, each) => slower(worst, each.p99Ms), null);
  return {
    events: sum(({ events }) => events),
    delivered: sum(({ delivered }) => delivered),
    failed: sum(({ failed }) => failed),
    ended: sum(({ ended }) => ended),
    unmatched: sum(({ unmatched }) => unmatched),
    p99Ms,
    slowest: p99Ms === null ? undefined : all.find((each) => each.p99Ms === p99Ms)?.name,
  };
}

function slower(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.max(one, other);
}

interface Props {
  readonly counts: { readonly totals: ReturnType<typeof added>; readonly hasMore: boolean } | undefined;
  readonly trouble: {
    readonly endpoints: readonly AnswerOf<"GET /v1/endpoints">["data"][number][];
    readonly hasMore: boolean;
  };
  readonly queues: AnswerOf<"GET /v1/queues">["data"] | undefined;
}

/** The service in a few numbers: what flows, what fails, what waits, and what it costs. */
export function Tiles({ counts, trouble, queues }: Props) {
  const words = w().operator;
  const more = counts?.hasMore ? "+" : "";
  const inTrouble = (status: "failing" | "suspended") => {
    const count = trouble.endpoints.filter((each) => each.status === status).length;
    return `${number(count)}${trouble.hasMore ? "+" : ""}`;
  };
  const queued = (of: "messages" | "deadLetters") => queues?.reduce((sum, queue) => sum + queue[of], 0);
  const [waiting, dead] = [queued("messages"), queued("deadLetters")];
  const { events, delivered, p99Ms, slowest } = counts?.totals ?? {};
  return (
    <dl class="tiles">
      <Tile name={words.events} note={words.today}>
        {events === undefined ? "…" : `${number(events)}${more}`}
      </Tile>
      <Tile name={words.delivered} note={words.today}>
        {delivered === undefined ? "…" : `${number(delivered)}${more}`}
      </Tile>
      <Tile name={w().status.failing} note={words.urls}>
        {inTrouble("failing")}
      </Tile>
      <Tile name={w().status.suspended} note={words.urls}>
        {inTrouble("suspended")}
      </Tile>
      <Tile name={words.waiting} note={words.waitingNote}>
        {waiting === undefined ? "…" : number(waiting)}
      </Tile>
      <Tile name={words.p99} note={slowest === undefined ? words.today : words.slowest(slowest)}>
        {p99Ms === undefined ? "…" : p99Ms === null ? "–" : `${number(p99Ms)} ms`}
      </Tile>
      <Tile name={words.deadLetters} note={words.deadLettersNote} isBad={(dead ?? 0) > 0}>
        {dead === undefined ? "…" : number(dead)}
      </Tile>
      <Tile name={words.dollars} note={words.dollarsNote(dollarsPerMillion("batches"), dollarsPerMillion("single"))}>
        {events === undefined ? "…" : `${dollars(events)}${more}`}
      </Tile>
    </dl>
  );
}

function Tile({
  name,
  note,
  isBad = false,
  children,
}: {
  readonly name: string;
  readonly note: string;
  readonly isBad?: boolean;
  readonly children: ComponentChildren;
}) {
  return (
    <div class={isBad ? "tile bad" : "tile"}>
      <dt>{name}</dt>
      <dd>
        <strong>{children}</strong>
        <small>{note}</small>
      </dd>
    </div>
  );
}
