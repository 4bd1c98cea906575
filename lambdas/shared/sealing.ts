import { createCipheriv, createDecipheriv, type KeyObject } from "node:crypto";

/** AES-256 in Galois/Counter Mode. Source: NIST SP 800-38D; 96-bit nonces drawn at random are good for 2^32 of them. */
const CIPHER = "aes-256-gcm";
export const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** The first byte says how the rest is sealed. */
const FORM = 1;
const HEAD_BYTES = 1 + NONCE_BYTES + TAG_BYTES;

/**
 * Encrypts a text: form, nonce, tag, ciphertext.
 * @param owner what it belongs to: opened as another's it is refused
 * @param nonce 12 bytes, never used twice with one key
 */
export function seal(key: KeyObject, text: string, owner: string, nonce: Uint8Array): Uint8Array {
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(owner));
  const encrypted = [cipher.update(text, "utf8"), cipher.final()];
  return Buffer.concat([Uint8Array.of(FORM), nonce, cipher.getAuthTag(), ...encrypted]);
}

/** @throws {Error} where it was changed, is another's, or was sealed with another key; it says nothing of what is inside */
export function open(key: KeyObject, sealed: Uint8Array, owner: string): string {
  const bytes = Buffer.from(sealed);
  if (bytes.length < HEAD_BYTES || bytes[0] !== FORM)
    throw new Error(`Cannot open what is sealed for ${owner}: unknown form`);
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(1, 1 + NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(owner));
  decipher.setAuthTag(bytes.subarray(1 + NONCE_BYTES, HEAD_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(HEAD_BYTES)), decipher.final()]).toString("utf8");
  } catch (cause) {
    throw new Error(`Cannot open what is sealed for ${owner}: it was changed, or sealed with another key`, { cause });
  }
}
