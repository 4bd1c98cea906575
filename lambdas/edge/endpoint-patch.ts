import type { EndpointConfig } from "../core/endpoint.ts";
import { RappelError } from "../core/errors.ts";
import { mergePatch } from "../core/merge-patch.ts";
import { parseFields } from "./body.ts";
import { bodyOf, EndpointBody } from "./endpoint-body.ts";
import { MASK } from "./url-field.ts";

/**
 * Applies a merge patch to an endpoint's configuration. A field set to `null` goes back to its default. A url that still
 * carries the mask keeps the stored password, for the same server only: it must not follow to another.
 * @throws {RappelError} `FIELDS_INVALID`
 */
export function patched(patch: unknown): (present: EndpointConfig) => EndpointConfig {
  return (present) => {
    const { userinfo, ...config } = parseFields(EndpointBody, mergePatch(bodyOf(present), patch));
    const isMasked = userinfo?.password === MASK || (userinfo?.user === MASK && userinfo.password === "");
    if (!isMasked) return { ...config, ...(userinfo && { userinfo }) };
    if (present.userinfo === undefined || new URL(config.url).origin !== new URL(present.url).origin) {
      throw new RappelError("FIELDS_INVALID", "The url's password is masked", {
        errors: [
          {
            pointer: "/url",
            detail: "carries the mask of a password that is not stored for this server",
            allowed: "the url with its own user:password@, or without",
          },
        ],
      });
    }
    return { ...config, userinfo: present.userinfo };
  };
}
