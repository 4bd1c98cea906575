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
  /** SHA-256, hex. A secret is 32 random bytes, so no slow hash is needed: there is nothing to guess. */
  readonly secretHash: string;
  readonly createdAt: number;
}

/** An account's name: what the operator calls a customer. */
export const ACCOUNT = /^[A-Za-z0-9_-]{1,64}$/;

export function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Compares in constant time. */
export function isSecretOf(key: Key, secret: string): boolean {
  return timingSafeEqual(Buffer.from(key.secretHash), Buffer.from(hashOf(secret)));
}
