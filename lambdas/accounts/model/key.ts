import { createHash, timingSafeEqual } from "node:crypto";

/** `send` sends events, `manage` changes endpoints and reads secrets, `read` reads everything else. */
export const SCOPES = ["send", "manage", "read"] as const;
export type Scope = (typeof SCOPES)[number];

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

export function isValid({ validUntil }: Key, now: number): boolean {
  return validUntil === undefined || validUntil > now;
}

export function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Compares in constant time. */
export function isSecretOf(key: Key, secret: string): boolean {
  return timingSafeEqual(Buffer.from(key.secretHash), Buffer.from(hashOf(secret)));
}
