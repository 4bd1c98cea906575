import { Webhook, WebhookVerificationError } from "standardwebhooks";
import { headerOf, type Post, textOf } from "./post.ts";

/**
 * The secrets of all endpoints that are registered with an inbox's URL.
 * @param isEnough whether the secrets from the last read are sufficient; if not, they are read again
 */
export type SecretsOf = (inbox: string, isEnough: (known: readonly string[]) => boolean) => Promise<readonly string[]>;

/** Whether a request has a signature by one of these secrets, as the Standard Webhooks library verifies it, and the reason. */
export function verify(
  headers: Post["headers"],
  body: Buffer,
  secrets: readonly string[],
): Pick<Post, "isVerified" | "verdict"> {
  const notVerified = (verdict: string) => ({ isVerified: false, verdict });
  const names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
  const missing = names.filter((name) => headerOf(headers, name) === null);
  if (missing.length > 0) return notVerified(`no ${missing.join(", ")} header`);
  if (secrets.length === 0) return notVerified("no endpoint is registered with this inbox's URL");
  const text = textOf(body);
  if (text === null) return notVerified("the body is not UTF-8, so the Standard Webhooks library cannot read it");

  const signatureHeaders = Object.fromEntries(names.map((name) => [name, headerOf(headers, name) ?? ""]));
  let verdict = "";
  for (const secret of secrets) {
    try {
      new Webhook(secret).verify(text, signatureHeaders, { jsonParse: false });
      return { isVerified: true, verdict: "the signature matches an endpoint registered with this URL" };
    } catch (error) {
      verdict = error instanceof WebhookVerificationError ? error.message : String(error);
    }
  }
  return notVerified(verdict);
}
