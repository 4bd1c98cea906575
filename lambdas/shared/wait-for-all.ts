/**
 * Waits for all, whatever one does, and only then throws the first failure. `Promise.all` would let its caller end, and
 * its function freeze, with writes still under way, which would land whenever the function is thawed.
 */
export async function waitForAll<T>(promises: Iterable<Promise<T>>): Promise<T[]> {
  const settled = await Promise.allSettled(promises);
  return settled.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
}
