import { isIP } from "node:net";
import type { Guard } from "../../ports/outgoing.ts";
import { isLoopback, isPublic } from "./address.ts";
import { Fault } from "./failure.ts";
import type { Resolve } from "./resolver.ts";

/** What the deployment allows beyond the rules. */
export interface GuardRules {
  /** Receivers on 127.0.0.0/8 and ::1: for one machine only. In Lambda the runtime API listens there, and takes POST. */
  readonly isLoopbackAllowed: boolean;
  readonly isHttpsOnly: boolean;
}

/** Where something may be sent. The same for registration, test and delivery: this is the only place that decides. */
export interface AddressGuard extends Guard {
  /** The rules that need no name server: scheme, userinfo, port, name, and addresses written out. */
  refusalOfUrl(url: URL): string | undefined;
  /** The addresses of a name: one or more, every one of them allowed. @throws {Fault} */
  vettedAddresses(name: string): Promise<[string, ...string[]]>;
}

// Names that no public name server should answer for (RFC 6761, 6762, 8375, 9476) or that clouds resolve inside.
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
    // Below 1024 live services that are no web servers, and some take a POST for commands of theirs.
    if (port !== "" && Number(port) < 1024 && port !== "80" && port !== "443")
      return "its port is neither 80, 443, nor 1024 or higher";
    const name = hostname.replace(/\.$/, "").toLowerCase();
    const literal = name.startsWith("[") ? name.slice(1, -1) : name;
    if (isIP(literal) !== 0) return isAllowed(literal) ? undefined : "its address is not public";
    if (name === "localhost" && isLoopbackAllowed) return undefined;
    // An empty label ("metadata.google.internal..") would hide a suffix; no name has one.
    const labels = name.split(".");
    if (labels.length < 2 || labels.includes("") || PRIVATE_SUFFIXES.some((suffix) => `.${name}`.endsWith(suffix)))
      return "its name is not public";
    return undefined;
  }

  async function vettedAddresses(name: string): Promise<[string, ...string[]]> {
    const [first, ...others] = name === "localhost" && isLoopbackAllowed ? ["127.0.0.1", "::1"] : await resolve(name);
    if (first === undefined) throw new Fault("dns_not_found", "its name has no address");
    // One private address among public ones is how a rebinding attack looks: all or none.
    if (![first, ...others].every(isAllowed))
      throw new Fault("address_forbidden", "its name leads to an address that is not public");
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
        // A name that does not resolve today may tomorrow; it is looked up and vetted again at every connection.
        return error instanceof Fault && error.outcome === "address_forbidden" ? error.message : undefined;
      }
    },
  };
}
