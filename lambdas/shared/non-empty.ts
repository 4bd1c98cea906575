/** A list with at least one item. */
export type NonEmpty<T> = readonly [T, ...T[]];
