/**
 * Waits until all promises have settled, then throws the first failure. `Promise.all` would return earlier: the function
 * could be frozen with writes still in progress, which would then complete at the next invocation.
 */
export async function waitForAll<T>(promises: Iterable<Promise<T>>): Promise<T[]> {
  const settled = await Promise.allSettled(promises);
  return settled.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
}
