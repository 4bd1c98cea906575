import type { Guard } from "../ports/outgoing.ts";
import { RappelError } from "../shared/errors.ts";

/** @throws {RappelError} `ADDRESS_FORBIDDEN`, without the url, which may hold a secret */
export async function requireAllowedUrl(guard: Guard, url: string): Promise<void> {
  const refusal = await guard.refusal(url);
  if (refusal === undefined) return;
  throw new RappelError("ADDRESS_FORBIDDEN", `Rappel does not send to this URL: ${refusal}`, {
    errors: [{ pointer: "/url", detail: refusal, allowed: "a URL with public addresses only" }],
  });
}
