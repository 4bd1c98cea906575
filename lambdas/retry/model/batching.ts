import type { NonEmpty } from "../../shared/non-empty.ts";

/** Many events in one POST, like Mailjet's Version 2. */
export interface Group {
  readonly maxEvents: number;
  /** Bytes of all payloads together. A larger payload is sent alone. */
  readonly maxBytes: number;
  /** How long events are collected, ms. */
  readonly windowMs: number;
}

/**
 * The largest group of events that have failed this often. The size is at least halved with each failure, and the last
 * attempt of an event is made alone: a rejected event does not exhaust others.
 * @param waits the number of waits in the retry schedule
 */
export function groupSize(maxEvents: number, failures: number, waits: number): number {
  if (failures >= waits) return 1;
  const shrink = Math.max(2, Math.ceil(maxEvents ** (1 / waits)));
  return Math.max(1, Math.floor(maxEvents / shrink ** failures));
}

interface OpenGroup<T> {
  readonly members: [T, ...T[]];
  bytes: number;
}

/**
 * Forms groups of events that have failed equally often and been delivered by Rappel equally often before, in the order in
 * which they are added. A receiver that is Rappel counts a whole group's hops: a fresh event must not share a looped one's.
 */
export class GroupBuilder<T> {
  readonly #group: Pick<Group, "maxEvents" | "maxBytes">;
  readonly #waits: number;
  /** By the number of failures and of hops. */
  readonly #open = new Map<string, OpenGroup<T>>();

  /** @param group absent: each event is sent alone */
  constructor(group: Pick<Group, "maxEvents" | "maxBytes"> | undefined, waits: number) {
    this.#group = group ?? { maxEvents: 1, maxBytes: 0 };
    this.#waits = waits;
  }

  /** @returns the groups that are complete now: full, or closed because the event did not fit */
  add(member: T, { failures, bytes, hops = 0 }: { failures: number; bytes: number; hops?: number }): NonEmpty<T>[] {
    const key = `${failures} ${hops}`;
    const open = this.#open.get(key);
    const fits = open !== undefined && open.bytes + bytes <= this.#group.maxBytes;
    const joined = fits ? open : { members: [member] as [T, ...T[]], bytes: 0 };
    if (fits) joined.members.push(member);
    joined.bytes += bytes;
    this.#open.set(key, joined);
    const complete = open !== undefined && !fits ? [open.members] : [];
    const isFull = joined.members.length >= groupSize(this.#group.maxEvents, failures, this.#waits);
    if (!isFull) return complete;
    this.#open.delete(key);
    return [...complete, joined.members];
  }

  /** The incomplete groups, when no more events follow. */
  rest(): NonEmpty<T>[] {
    const groups = [...this.#open.values()].map(({ members }) => members);
    this.#open.clear();
    return groups;
  }
}

/** The two halves of a group that is too large for its receiver. A single event has none. */
export function halvesOf<T>(group: NonEmpty<T>): readonly NonEmpty<T>[] {
  const middle = Math.ceil(group.length / 2);
  const halves: readonly T[][] = [group.slice(0, middle), group.slice(middle)];
  return group.length === 1 ? [] : halves.filter(isNonEmpty);
}

function isNonEmpty<T>(list: T[]): list is [T, ...T[]] {
  return list.length > 0;
}
