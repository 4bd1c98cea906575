import { createSecretKey, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NONCE_BYTES, open, seal } from "../../lambdas/shared/sealing.ts";

const [key, other] = [createSecretKey(randomBytes(32)), createSecretKey(randomBytes(32))];
const nonce = () => randomBytes(NONCE_BYTES);

describe("sealing", () => {
  it("a sealed text is opened unchanged", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string(), (text, owner) => {
        expect(open(key, seal(key, text, owner, nonce()), owner)).toBe(text);
      }),
    );
  });

  it("a sealed text shows neither its content nor that two texts are equal", () => {
    const [first, second] = [seal(key, "whsec_text", "ep_1", nonce()), seal(key, "whsec_text", "ep_1", nonce())];
    expect(Buffer.from(first).includes("whsec")).toBe(false);
    expect(Buffer.from(first).equals(second)).toBe(false);
  });

  it("a sealed text cannot be opened for another owner, with another key or after a change of one bit", () => {
    const sealed = seal(key, "whsec_text", "ep_1", nonce());
    expect(() => open(key, sealed, "ep_2")).toThrow("Cannot decrypt the secrets of ep_2");
    expect(() => open(other, sealed, "ep_1")).toThrow("Cannot decrypt");
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Uint8Array.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => open(key, changed, "ep_1"), `bit ${bit}`).toThrow("Cannot decrypt");
    }
    for (let length = 0; length < sealed.length; length++)
      expect(() => open(key, sealed.subarray(0, length), "ep_1"), `${length} bytes`).toThrow("Cannot decrypt");
  });
});
