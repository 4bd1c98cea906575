import { createHash, timingSafeEqual } from "node:crypto";

/** What a key may do, from most to least. */
export const SCOPES = ["send", "manage", "manage:endpoints", "read", "read:status"] as const;
export type Scope = (typeof SCOPES)[number];

/** The scopes of a new key, unless others are requested: together they include all. */
export const DEFAULT_SCOPES: readonly Scope[] = ["send", "manage", "read"];

/** What each scope means, in one line of the documentation. */
export const SCOPE_MEANINGS = {
  send: "sends events",
  manage: "changes endpoints and keys, reads signing secrets, resends events",
  "manage:endpoints": "like `manage`, but sees no signing secret, and neither rotates one nor creates or deletes keys",
  read: "reads everything except signing secrets",
  "read:status": "reads outcomes: no payloads, no responses of receivers, no credentials in URLs",
} as const satisfies Record<Scope, string>;

const INCLUDED: Partial<Record<Scope, Scope>> = { manage: "manage:endpoints", read: "read:status" };

/** Whether a key with these scopes has a scope, itself or in a wider one. */
export function hasScope(scopes: readonly Scope[], wanted: Scope): boolean {
  return scopes.some((scope) => scope === wanted || INCLUDED[scope] === wanted);
}

/** Whether a key sees what receivers responded. */
export function seesResponses(scopes: readonly Scope[]): boolean {
  return hasScope(scopes, "read") || hasScope(scopes, "manage");
}

/** Whether a key sees the user and the query of an endpoint's url. One that changes endpoints must be able to send it back. */
export function seesWholeUrls(scopes: readonly Scope[]): boolean {
  return seesResponses(scopes) || hasScope(scopes, "manage:endpoints");
}

/** Whether a key may read signing secrets. */
export function seesSecrets(scopes: readonly Scope[]): boolean {
  return hasScope(scopes, "manage");
}

/** An API key as it is stored, with only the hash of its secret. */
export interface Key {
  readonly id: string;
  /** The account it belongs to. Absent for an operator's key, which acts for any account. */
  readonly account?: string;
  readonly scopes: readonly Scope[];
  /** A display name. */
  readonly name: string;
  /** The first characters of its secret, to recognise it. */
  readonly prefix: string;
  /** SHA-256, hex. A slow hash is not needed, because a secret of 32 random bytes cannot be guessed. */
  readonly secretHash: string;
  readonly createdAt: number;
  /** Epoch ms. Absent: until it is deleted. */
  readonly validUntil?: number;
  /** Updated at most once an hour. */
  readonly lastUsedAt?: number;
}

/** The request for a new key. */
export interface NewKey extends Pick<Key, "scopes" | "validUntil"> {
  readonly name?: string;
}

export function isValid({ validUntil }: Pick<Key, "validUntil">, now: number): boolean {
  return validUntil === undefined || validUntil > now;
}

export function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Compares in constant time. */
export function isSecretOf(key: Pick<Key, "secretHash">, secret: string): boolean {
  return timingSafeEqual(Buffer.from(key.secretHash), Buffer.from(hashOf(secret)));
}
