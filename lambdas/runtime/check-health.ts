import type { Health } from "../ports/operations.ts";
import { RappelError } from "../shared/errors.ts";

/** @throws {RappelError} `STORE_UNAVAILABLE`, with the names of the dependencies that do not respond */
export async function checkHealth({ health }: { readonly health: Health }): Promise<{ status: "ok" }> {
  const unavailable = await health.unavailable();
  if (unavailable.length === 0) return { status: "ok" };
  throw new RappelError("STORE_UNAVAILABLE", `No response from: ${unavailable.join(", ")}`, { retryAfterSeconds: 5 });
}
