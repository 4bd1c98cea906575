/** A part of a list. It may hold fewer items than asked for, even none, while there are more. */
export interface Page<T> {
  readonly items: readonly T[];
  /** The id behind which the next page begins; absent on the last one. Newest first, that is below it. */
  readonly next?: string;
}
