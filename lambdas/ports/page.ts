/** A page of a list. It can have fewer items than requested, even none, although there are more. */
export interface Page<T> {
  readonly items: readonly T[];
  /** The id after which the next page starts; absent on the last page. */
  readonly next?: string;
}
