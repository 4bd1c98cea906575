import { createHash, timingSafeEqual } from "node:crypto";

/** `send` accepts events, `manage` changes endpoints and sees secrets, `read` looks at everything else. */
export const SCOPES = ["send", "manage", "read"] as const;
export type Scope = (typeof SCOPES)[number];

/** An API key as it is stored: its secret only as a hash. */
export interface Key {
  readonly id: string;
  /** Whose it is; absent on an operator's key, which acts for any account. */
  readonly account?: string;
  readonly scopes: readonly Scope[];
  /** For people: what the key is for. */
  readonly name: string;
  /** The first letters of its secret, by which it is told from another. */
  readonly prefix: string;
  /** SHA-256, hex. A secret is 32 random bytes, so no slow hash is needed: there is nothing to guess. */
  readonly secretHash: string;
  readonly createdAt: number;
  /** Epoch ms; absent: until it is deleted. */
  readonly validUntil?: number;
  /** Noted once an hour. */
  readonly lastUsedAt?: number;
}

/** What a new key is to be. */
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
