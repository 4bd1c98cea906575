import type { Guard } from "../ports/outgoing.ts";
import { RappelError } from "../shared/errors.ts";

/** @throws {RappelError} `ADDRESS_FORBIDDEN`, without the url: it may hold a secret */
export async function requireAllowedUrl(guard: Guard, url: string): Promise<void> {
  const refusal = await guard.refusal(url);
  if (refusal === undefined) return;
  throw new RappelError("ADDRESS_FORBIDDEN", `Nothing is sent there: ${refusal}`, {
    errors: [{ pointer: "/url", detail: refusal, allowed: "a URL whose every address is public" }],
  });
}
