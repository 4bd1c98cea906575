import type { Count } from "../emulator/usage-meter/ledger.ts";
import { UNITS } from "../emulator/usage-meter/prices.ts";
import { dollarsFor, type Uses, usesOf } from "../emulator/usage-meter/used-permissions.ts";
import { isVerified, type Post } from "./receiver.ts";

/** What a run of the demo comes to, counted. */
export interface Figures {
  /** Events answered with a 2xx by the API. */
  readonly accepted: number;
  /** Of these, answered 200 by the receiver, with the bytes that were sent and a signature that verifies. */
  readonly delivered: number;
  readonly lost: number;
  /** Answered 200 more than once. */
  readonly twice: number;
  /** POSTs that are none of the events that were sent. */
  readonly strangers: number;
  readonly postsWhileDead: number;
  /** What the rule allows: the first attempts, and two a round. */
  readonly postsWhileDeadMax: number;
  /** Schedules of the endpoint that lived at a time, at most. */
  readonly schedulesMost: number;
  readonly aws: Uses;
  readonly dollars: number;
  readonly seconds: number;
}

export interface Run {
  /** The payloads that were accepted, by event id. */
  readonly sent: ReadonlyMap<string, Buffer>;
  readonly posts: readonly Post[];
  readonly secret: string;
  readonly postsWhileDeadMax: number;
  readonly schedulesMost: number;
  readonly counts: readonly Count[];
  readonly seconds: number;
}

export function figuresOf({ sent, posts, secret, postsWhileDeadMax, schedulesMost, counts, seconds }: Run): Figures {
  const good = posts.filter(
    (post) => post.status === 200 && sent.get(post.id)?.equals(post.body) === true && isVerified(post, secret),
  );
  const byId = Map.groupBy(good, ({ id }) => id);
  return {
    accepted: sent.size,
    delivered: byId.size,
    lost: sent.size - byId.size,
    twice: [...byId.values()].filter(({ length }) => length > 1).length,
    strangers: posts.filter(({ id }) => !sent.has(id)).length,
    postsWhileDead: posts.filter(({ status }) => status !== 200).length,
    postsWhileDeadMax,
    schedulesMost,
    aws: usesOf(counts),
    dollars: dollarsFor(usesOf(counts)),
    seconds,
  };
}

/** What a run shows that Rappel promises otherwise. */
export function unmetGuarantees(figures: Figures): string[] {
  const { accepted, delivered, lost, twice, strangers, postsWhileDead, postsWhileDeadMax, schedulesMost, aws } =
    figures;
  const claims: [holds: boolean, otherwise: string][] = [
    [accepted > 0 && accepted === delivered, `${accepted} accepted, but ${delivered} delivered`],
    [lost === 0, `${lost} lost`],
    [twice === 0, `${twice} delivered twice`],
    [strangers === 0, `${strangers} POSTs of events that were never sent`],
    [schedulesMost === 1, `${schedulesMost} schedules at a time, not 1`],
    [postsWhileDead > 0, "no POST while the receiver was dead: nothing was shown"],
    [postsWhileDead <= postsWhileDeadMax, `${postsWhileDead} POSTs to a dead URL: ${postsWhileDeadMax} are allowed`],
    [UNITS.every((unit) => aws[unit] > 0), "the meter counted nothing of what AWS would bill"],
  ];
  return claims.filter(([holds]) => !holds).map(([, otherwise]) => otherwise);
}
