import { Webhook, WebhookVerificationError } from "standardwebhooks";
import { headerOf, type Post, textOf } from "./post.ts";

/**
 * The secrets of all endpoints registered at an inbox.
 * @param isEnough whether secrets known from before will do; if not, they are read anew
 */
export type SecretsOf = (inbox: string, isEnough: (known: readonly string[]) => boolean) => Promise<readonly string[]>;

/** Whether a request carries a signature of one of these secrets, judged by the Standard Webhooks library, and why (not). */
export function verify(
  headers: Post["headers"],
  body: Buffer,
  secrets: readonly string[],
): Pick<Post, "isVerified" | "verdict"> {
  const no = (verdict: string) => ({ isVerified: false, verdict });
  const names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
  const missing = names.filter((name) => headerOf(headers, name) === null);
  if (missing.length > 0) return no(`no ${missing.join(", ")} header`);
  if (secrets.length === 0) return no("no endpoint is registered at this inbox");
  const text = textOf(body);
  if (text === null) return no("the body is no UTF-8, which the Standard Webhooks library cannot read");

  const given = Object.fromEntries(names.map((name) => [name, headerOf(headers, name) ?? ""]));
  let verdict = "";
  for (const secret of secrets) {
    try {
      new Webhook(secret).verify(text, given, { jsonParse: false });
      return { isVerified: true, verdict: "the signature is that of the endpoint registered here" };
    } catch (error) {
      verdict = error instanceof WebhookVerificationError ? error.message : String(error);
    }
  }
  return no(verdict);
}
