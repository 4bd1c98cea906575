import type * as z from "zod";
import type { OpenSession, PortalLink, Session } from "../../accounts/model/session.ts";
import type { PortalLinkView, SessionView } from "../responses/session-responses.ts";
import { timeText } from "../schemas/fields.ts";

/** @param origin of this service @param code is in the fragment, which no browser sends: it is in no log and no Referer */
export function portalLinkView(
  { session: { id, link }, code }: { session: Session & { link: PortalLink }; code: string },
  origin: string,
): z.input<typeof PortalLinkView> {
  return { id, url: `${origin}/console#code=${code}`, expiresAt: timeText(link.validUntil) };
}

export function sessionView(session: OpenSession): z.input<typeof SessionView> {
  const { id, account = null, scopes, endpoint = null, returnUrl = null, validUntil } = session;
  return { id, account, scopes: [...scopes], endpoint, returnUrl, expiresAt: timeText(validUntil) };
}

/** Whole seconds until a session ends, for its cookie. */
export function secondsLeft({ validUntil }: OpenSession, now: number): number {
  return Math.floor((validUntil - now) / 1_000);
}
