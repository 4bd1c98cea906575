import type { NonEmpty } from "../../shared/non-empty.ts";

/** Many events in one POST, as Mailjet's Version 2 has it. */
export interface Group {
  readonly maxEvents: number;
  /** Of the payloads together; a larger one goes alone. */
  readonly maxBytes: number;
  /** How long events are gathered, ms. */
  readonly windowMs: number;
}

/**
 * How many events may go together that have each failed so often. The largest groups are at least halved with each failure,
 * and whatever fails for the last time fails alone: a poisonous event takes nobody with it.
 * @param waits of the retry schedule
 */
export function groupSize(maxEvents: number, failures: number, waits: number): number {
  const shrink = Math.max(2, Math.ceil(maxEvents ** (1 / Math.max(1, waits))));
  return Math.max(1, Math.floor(maxEvents / shrink ** failures));
}

interface Open<T> {
  readonly members: [T, ...T[]];
  bytes: number;
}

/** Puts what comes, one after the other, into groups of those that have failed equally often. */
export class Gathering<T> {
  readonly #group: Pick<Group, "maxEvents" | "maxBytes">;
  readonly #waits: number;
  /** By the number of their failures. */
  readonly #open = new Map<number, Open<T>>();

  /** @param group absent: each goes alone */
  constructor(group: Pick<Group, "maxEvents" | "maxBytes"> | undefined, waits: number) {
    this.#group = group ?? { maxEvents: 1, maxBytes: 0 };
    this.#waits = waits;
  }

  /** @returns the groups that are complete with it, or without it for it did not fit */
  add(member: T, { failures, bytes }: { failures: number; bytes: number }): NonEmpty<T>[] {
    const open = this.#open.get(failures);
    const fits = open !== undefined && open.bytes + bytes <= this.#group.maxBytes;
    const joined = fits ? open : { members: [member] as [T, ...T[]], bytes: 0 };
    if (fits) joined.members.push(member);
    joined.bytes += bytes;
    this.#open.set(failures, joined);
    const complete = open !== undefined && !fits ? [open.members] : [];
    const isFull = joined.members.length >= groupSize(this.#group.maxEvents, failures, this.#waits);
    if (!isFull) return complete;
    this.#open.delete(failures);
    return [...complete, joined.members];
  }

  /** What is not complete, when nothing more comes. */
  rest(): NonEmpty<T>[] {
    const groups = [...this.#open.values()].map(({ members }) => members);
    this.#open.clear();
    return groups;
  }
}

/** The two halves of a group that is too large for its receiver. A lone member has none. */
export function halvesOf<T>(group: NonEmpty<T>): readonly NonEmpty<T>[] {
  const middle = Math.ceil(group.length / 2);
  const halves: readonly T[][] = [group.slice(0, middle), group.slice(middle)];
  return group.length === 1 ? [] : halves.filter(isSome);
}

function isSome<T>(list: T[]): list is [T, ...T[]] {
  return list.length > 0;
}
