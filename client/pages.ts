/** A page of a list. */
export interface Page<T> {
  readonly data: readonly T[];
  /** The `cursor` of the next page; null on the last one. */
  readonly nextCursor: string | null;
}

/**
 * A list of the API, read page by page as it is needed: `for await (const endpoint of rappel.endpoints.list())`. A list that
 * was begun can be left at any time.
 */
export class List<T> implements AsyncIterable<T> {
  readonly #read: (cursor: string | undefined) => Promise<Page<T>>;

  constructor(read: (cursor: string | undefined) => Promise<Page<T>>) {
    this.#read = read;
  }

  /** One page. @param cursor the `nextCursor` of the page before; absent for the first one */
  page(cursor?: string): Promise<Page<T>> {
    return this.#read(cursor);
  }

  /** The pages, each read when it is asked for. */
  async *pages(): AsyncGenerator<Page<T>, void, undefined> {
    for (let cursor: string | undefined, isLast = false; !isLast; ) {
      const page = await this.#read(cursor);
      yield page;
      cursor = page.nextCursor ?? undefined;
      isLast = cursor === undefined;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const { data } of this.pages()) yield* data;
  }
}
