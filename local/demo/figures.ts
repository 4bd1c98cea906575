import type { Count } from "../emulator/usage-meter/ledger.ts";
import { UNITS } from "../emulator/usage-meter/prices.ts";
import { dollarsFor, type Usage, usageOf } from "../emulator/usage-meter/usage.ts";
import { isVerified, type Post } from "./receiver.ts";

/** The counted results of a demo run. */
export interface Figures {
  /** Events that the API accepted with a 2xx. */
  readonly accepted: number;
  /** Accepted events that the receiver got with the same bytes and a valid signature, and confirmed with 200. */
  readonly delivered: number;
  readonly lost: number;
  /** Events that the receiver confirmed with 200 more than once. */
  readonly twice: number;
  /** POSTs of events that were never sent. */
  readonly unknownPosts: number;
  readonly postsWhileDown: number;
  /** The maximum that the retry rule allows: the first attempts, and two per round. */
  readonly postsWhileDownMax: number;
  /** The most schedules that the endpoint had at the same time. */
  readonly schedulesMost: number;
  readonly aws: Usage;
  readonly dollars: number;
  readonly seconds: number;
}

/** The recorded data of a demo run. */
export interface Run {
  /** The payloads that were accepted, by event id. */
  readonly sent: ReadonlyMap<string, Buffer>;
  readonly posts: readonly Post[];
  readonly secret: string;
  readonly postsWhileDownMax: number;
  readonly schedulesMost: number;
  readonly counts: readonly Count[];
  readonly seconds: number;
}

export function figuresOf({ sent, posts, secret, postsWhileDownMax, schedulesMost, counts, seconds }: Run): Figures {
  const verified = posts.filter(
    (post) => post.status === 200 && sent.get(post.id)?.equals(post.body) === true && isVerified(post, secret),
  );
  const byId = Map.groupBy(verified, ({ id }) => id);
  return {
    accepted: sent.size,
    delivered: byId.size,
    lost: sent.size - byId.size,
    twice: [...byId.values()].filter(({ length }) => length > 1).length,
    unknownPosts: posts.filter(({ id }) => !sent.has(id)).length,
    postsWhileDown: posts.filter(({ status }) => status !== 200).length,
    postsWhileDownMax,
    schedulesMost,
    aws: usageOf(counts),
    dollars: dollarsFor(usageOf(counts)),
    seconds,
  };
}

/** The guarantees that a run broke. */
export function unmetGuarantees(figures: Figures): string[] {
  const { accepted, delivered, lost, twice, unknownPosts, postsWhileDown, postsWhileDownMax, schedulesMost, aws } =
    figures;
  const guarantees: [isMet: boolean, violation: string][] = [
    [accepted > 0 && accepted === delivered, `${accepted} accepted, but ${delivered} delivered`],
    [lost === 0, `${lost} lost`],
    [twice === 0, `${twice} delivered twice`],
    [unknownPosts === 0, `${unknownPosts} POSTs of events that were never sent`],
    [schedulesMost === 1, `${schedulesMost} schedules at the same time, not 1`],
    [postsWhileDown > 0, "no POST while the receiver was down, so the demo shows nothing"],
    [
      postsWhileDown <= postsWhileDownMax,
      `${postsWhileDown} POSTs to a URL that was down: at most ${postsWhileDownMax} are allowed`,
    ],
    [UNITS.every((unit) => aws[unit] > 0), "the usage meter has no calls for a unit that AWS bills"],
  ];
  return guarantees.filter(([isMet]) => !isMet).map(([, violation]) => violation);
}
