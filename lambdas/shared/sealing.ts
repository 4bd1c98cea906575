import { createCipheriv, createDecipheriv, type KeyObject } from "node:crypto";

/** AES-256 in Galois/Counter Mode. Source: NIST SP 800-38D, which allows 2^32 random 96-bit nonces per key. */
const CIPHER = "aes-256-gcm";
export const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** The first byte: the version of this layout. */
const LAYOUT = 1;
const HEAD_BYTES = 1 + NONCE_BYTES + TAG_BYTES;

/**
 * Encrypts a text to: layout version, nonce, tag, ciphertext.
 * @param owner the id of the item the text belongs to; it must be the same to open the text
 * @param nonce 12 bytes, never used twice with the same key
 */
export function seal(key: KeyObject, text: string, owner: string, nonce: Uint8Array): Uint8Array {
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(owner));
  const encrypted = [cipher.update(text, "utf8"), cipher.final()];
  return Buffer.concat([Uint8Array.of(LAYOUT), nonce, cipher.getAuthTag(), ...encrypted]);
}

/** @throws {Error} if the bytes were changed, belong to another owner, or were sealed with another key; never with content */
export function open(key: KeyObject, sealed: Uint8Array, owner: string): string {
  const bytes = Buffer.from(sealed);
  if (bytes.length < HEAD_BYTES || bytes[0] !== LAYOUT)
    throw new Error(`Cannot decrypt the secrets of ${owner}: unknown layout`);
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(1, 1 + NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(owner));
  decipher.setAuthTag(bytes.subarray(1 + NONCE_BYTES, HEAD_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(HEAD_BYTES)), decipher.final()]).toString("utf8");
  } catch (cause) {
    throw new Error(`Cannot decrypt the secrets of ${owner}: they were changed, or sealed with another key`, { cause });
  }
}
