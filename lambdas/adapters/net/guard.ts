import { isIP } from "node:net";
import type { Guard } from "../../ports/outgoing.ts";
import { isLoopback, isPublic } from "./address.ts";
import { Fault } from "./failure.ts";
import type { Resolve } from "./resolver.ts";

/** The rules that a deployment can change. */
export interface GuardRules {
  /** Receivers on 127.0.0.0/8 and ::1, for local use only: in Lambda the runtime API listens there and accepts POST. */
  readonly isLoopbackAllowed: boolean;
  readonly isHttpsOnly: boolean;
}

/** Decides where webhooks may be sent: the same rules for registration, tests and deliveries. */
export interface AddressGuard extends Guard {
  /** The rules that need no DNS: scheme, userinfo, port, name, and literal addresses. */
  refusalOfUrl(url: URL): string | undefined;
  /** The addresses of a name, at least one, all of them allowed. @throws {Fault} */
  vettedAddresses(name: string): Promise<[string, ...string[]]>;
}

// Names that public name servers do not resolve (RFC 6761, 6762, 8375, 9476), or that clouds resolve internally.
const PRIVATE_SUFFIXES = [
  ".localhost",
  ".local",
  ".localdomain",
  ".internal",
  ".intranet",
  ".lan",
  ".home.arpa",
  ".alt",
  ".onion",
];

export function addressGuard({ isLoopbackAllowed, isHttpsOnly }: GuardRules, resolve: Resolve): AddressGuard {
  const isAllowed = (address: string) => isPublic(address) || (isLoopbackAllowed && isLoopback(address));

  function refusalOfUrl({ protocol, username, password, port, hostname }: URL): string | undefined {
    if (protocol !== "https:" && protocol !== "http:") return "its scheme is neither http nor https";
    if (protocol === "http:" && isHttpsOnly) return "this deployment allows https only";
    if (username !== "" || password !== "") return "it carries userinfo";
    // Ports below 1024 belong to other services, some of which would read a POST as commands.
    if (port !== "" && Number(port) < 1024 && port !== "80" && port !== "443")
      return "its port is not 80, 443, or 1024 or higher";
    const name = hostname.replace(/\.$/, "").toLowerCase();
    const literal = name.startsWith("[") ? name.slice(1, -1) : name;
    if (isIP(literal) !== 0) return isAllowed(literal) ? undefined : "its address is not public";
    if (name === "localhost" && isLoopbackAllowed) return undefined;
    // An empty label ("metadata.google.internal..") would hide a suffix, and no valid name has one.
    const labels = name.split(".");
    if (name.length > 253 || labels.some((label) => label.length > 63))
      return "its host name is too long: at most 63 characters per label, 253 in total";
    if (labels.length < 2 || labels.includes("") || PRIVATE_SUFFIXES.some((suffix) => `.${name}`.endsWith(suffix)))
      return "its host name is not public";
    return undefined;
  }

  async function vettedAddresses(name: string): Promise<[string, ...string[]]> {
    const [first, ...others] = name === "localhost" && isLoopbackAllowed ? ["127.0.0.1", "::1"] : await resolve(name);
    if (first === undefined) throw new Fault("dns_not_found", "its host name has no address");
    // A private address among public ones is the sign of a DNS rebinding attack: all must be public.
    if (![first, ...others].every(isAllowed))
      throw new Fault("address_forbidden", "its host name resolves to an address that is not public");
    return [first, ...others];
  }

  return {
    refusalOfUrl,
    vettedAddresses,
    async refusal(text) {
      const url = new URL(text);
      const refusal = refusalOfUrl(url);
      if (refusal !== undefined || isIP(url.hostname.replace(/^\[|\]$/g, "")) !== 0) return refusal;
      try {
        await vettedAddresses(url.hostname.replace(/\.$/, ""));
        return undefined;
      } catch (error) {
        // A name that does not resolve now may resolve later: it is resolved and checked again for each connection.
        return error instanceof Fault && error.outcome === "address_forbidden" ? error.message : undefined;
      }
    },
  };
}
