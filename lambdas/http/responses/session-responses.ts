import * as z from "zod";
import { SCOPES } from "../../accounts/model/key.ts";
import { At } from "./common.ts";

export const PortalLinkView = z
  .strictObject({
    id: z.string().meta({ description: "Of the link and of the session that it opens." }),
    url: z.string().meta({ description: "Works once. Shown only in this response." }),
    expiresAt: At.meta({ description: "Until when the link can be used." }),
  })
  .meta({ id: "PortalLink" });

const sessionFields = {
  id: z.string(),
  endpoint: z.string().nullable().meta({ description: "The only endpoint that it is about; null: all." }),
  returnUrl: z.string().nullable().meta({ description: "Where the console leads back to." }),
  expiresAt: At,
};
/** The session in `GET /v1/whoami`. */
export const HeldSessionView = z.strictObject(sessionFields).meta({ id: "HeldSession" });
export const SessionView = z
  .strictObject({
    ...sessionFields,
    account: z.string().nullable().meta({ description: "null: an operator key, which acts for any account." }),
    scopes: z.array(z.enum(SCOPES)),
  })
  .meta({ id: "Session", description: "Its token is in the cookie `__Host-rappel` alone." });
