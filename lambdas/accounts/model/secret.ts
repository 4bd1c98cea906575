const SECRET_BYTES = 32;

/** A secret that cannot be guessed: 32 random bytes, base64url. Only its hash is stored. */
export function newSecret(random: { bytes(count: number): Uint8Array }): string {
  return Buffer.from(random.bytes(SECRET_BYTES)).toString("base64url");
}
