import type { Health } from "../ports/operations.ts";
import { RappelError } from "../shared/errors.ts";

/** @throws {RappelError} `STORE_UNAVAILABLE`, naming what does not answer */
export async function checkHealth({ health }: { readonly health: Health }): Promise<{ status: "ok" }> {
  const ailing = await health.ailing();
  if (ailing.length === 0) return { status: "ok" };
  throw new RappelError("STORE_UNAVAILABLE", `No answer from: ${ailing.join(", ")}`, { retryAfterSeconds: 5 });
}
