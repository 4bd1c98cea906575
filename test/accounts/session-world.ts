import { authenticator } from "../../lambdas/accounts/authenticate.ts";
import { createKey } from "../../lambdas/accounts/create-key.ts";
import { createPortalLink } from "../../lambdas/accounts/create-portal-link.ts";
import { SCOPES } from "../../lambdas/accounts/model/key.ts";
import { LINK_SCOPES, type NewLink } from "../../lambdas/accounts/model/session.ts";
import { openSession } from "../../lambdas/accounts/open-session.ts";
import { memoryKeys } from "../memory/keys.ts";
import { memoryWorld } from "../support/memory-world.ts";

export const NO_KEY = { id: "", scopes: [] };
export const LINK: NewLink = { expiresInSeconds: 600, sessionSeconds: 3_600, scopes: LINK_SCOPES };

/** An operator's key, with which links of account `acme` are made. */
export async function openWorld(validUntil?: number) {
  const world = { ...memoryWorld(), keys: memoryKeys() };
  const { key } = await createKey(world, undefined, {
    scopes: SCOPES,
    ...(validUntil !== undefined && { validUntil }),
  });
  const link = (more: Partial<NewLink> = {}) => createPortalLink(world, "acme", { ...LINK, ...more }, key);
  const open = (code: string) => openSession(world, { code, key: NO_KEY });
  const authenticate = authenticator(world);
  const call = (token: string) => {
    const [id = "", secret = ""] = token.split(".");
    return authenticate(id, secret);
  };
  return { world, key, link, open, call };
}

/** A link that was used. */
export async function opening() {
  const opened = await openWorld();
  const { code, session } = await opened.link();
  const { token } = await opened.open(code);
  return { ...opened, id: session.id, code, token };
}
