import { describe, expect, it } from "vitest";
import { verify } from "../../client/index.ts";
import { newSecret, signed } from "../../client/testing/index.ts";
import { signatureOf } from "../../lambdas/payload/signature.ts";

const BODY = '{"id":19421777396190491,"name":"café","price":1.10}';
const [secret, other] = [newSecret(), newSecret()];
const now = Math.floor(Date.now() / 1_000);
const delivered = (secrets: readonly string[], at = now) => ({
  "webhook-id": "evt_1",
  "webhook-timestamp": String(at),
  "webhook-signature": signatureOf(secrets, "evt_1", at, Buffer.from(BODY)),
});

describe("verify", () => {
  it.each([
    ["Node's headers", delivered([secret])],
    [
      "headers in another case",
      {
        "Webhook-Id": "evt_1",
        "WEBHOOK-TIMESTAMP": String(now),
        "Webhook-Signature": delivered([secret])["webhook-signature"],
      },
    ],
    ["Fetch's headers", new Headers(delivered([secret]))],
    [
      "lists of values",
      Object.fromEntries(Object.entries(delivered([secret])).map(([name, value]) => [name, [value]])),
    ],
  ])("accepts what Rappel signs, with %s", (_, headers) => {
    expect(verify(BODY, headers, secret)).toEqual({ id: "evt_1", sentAt: new Date(now * 1_000) });
    expect(verify(Buffer.from(BODY), headers, secret).id).toBe("evt_1");
  });

  it("accepts a body by each of several secrets, on both sides of a rotation", () => {
    expect(verify(BODY, delivered([secret, other]), other).id).toBe("evt_1");
    expect(verify(BODY, delivered([other]), [secret, other]).id).toBe("evt_1");
    expect(() => verify(BODY, delivered([newSecret()]), [secret, other])).toThrow(/No matching signature/);
  });

  it.each([
    ["another body", `${BODY} `, delivered([secret])],
    ["another secret", BODY, delivered([other])],
    ["an old timestamp", BODY, delivered([secret], now - 600)],
    ["a timestamp of the future", BODY, delivered([secret], now + 600)],
    ["no signature", BODY, { "webhook-id": "evt_1", "webhook-timestamp": String(now) }],
    ["no headers", BODY, {}],
  ])("refuses %s", (_, body, headers) => {
    expect(() => verify(body, headers, secret)).toThrow();
  });

  it("takes a body that is not JSON, and one that begins with a byte order mark", () => {
    for (const body of ["<events/>", "\ufeff{}"]) {
      const { headers } = signed({ body, secret });
      expect(verify(body, headers, secret).id).toMatch(/^msg_/);
      expect(verify(Buffer.from(body), headers, secret).id).toMatch(/^msg_/);
    }
  });
});
