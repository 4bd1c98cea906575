/** Bytes that several holders share. */
export interface Budget {
  /**
   * Takes bytes. If too many are then in use, the oldest takers give theirs back, but never the newest one.
   * @param drop called when the bytes are taken away
   * @returns gives the bytes back
   */
  take(bytes: number, drop: () => void): () => void;
}

export function createBudget(maxBytes: number): Budget {
  const taken = new Set<{ readonly bytes: number; readonly drop: () => void }>(); // oldest first
  let usedBytes = 0;
  return {
    take: (bytes, drop) => {
      const newest = { bytes, drop };
      const giveBack = (part: typeof newest) => {
        if (taken.delete(part)) usedBytes -= part.bytes;
      };
      taken.add(newest);
      usedBytes += bytes;
      for (const oldest of taken) {
        if (usedBytes <= maxBytes || oldest === newest) break;
        giveBack(oldest);
        oldest.drop();
      }
      return () => giveBack(newest);
    },
  };
}
