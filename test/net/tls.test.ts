import { beforeAll, describe, expect, it } from "vitest";
import { type Certificate, certificate, daysFromNow } from "./certificates.ts";
import { answer, is2xx, post, webhookClientWith, webhookTo } from "./posting.ts";
import { rawReceiver, receiver } from "./receiver.ts";

let authority: Certificate;
let good: Certificate;
beforeAll(async () => {
  authority = await certificate({ name: "Test authority", isAuthority: true });
  good = await certificate({ by: authority });
});

describe("a receiver with https", () => {
  it("a receiver with a valid certificate gets the POST, and its connection is reused", async () => {
    await using it = await receiver(answer(200), good);
    const webhookClient = webhookClientWith({ ca: authority.cert });
    for (let nth = 0; nth < 2; nth++)
      expect(await webhookClient.post(webhookTo(it.url), is2xx)).toMatchObject({ outcome: "success" });
    expect(it.posts.map(({ connection }) => connection)).toEqual([1, 1]);
  });
  it.each([
    [
      "has expired",
      () => certificate({ by: authority, notBefore: daysFromNow(-8) }),
      "tls_certificate_expired",
      "CERT_HAS_EXPIRED",
    ],
    [
      "is not valid yet",
      () => certificate({ by: authority, notBefore: daysFromNow(2) }),
      "tls_certificate_expired",
      "CERT_NOT_YET_VALID",
    ],
    ["is self-signed", () => certificate(), "tls_certificate_untrusted", "DEPTH_ZERO_SELF_SIGNED_CERT"],
    [
      "comes from an unknown authority",
      async () => certificate({ by: await certificate({ name: "Another authority", isAuthority: true }) }),
      "tls_certificate_untrusted",
      "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    ],
    [
      "is issued by a certificate that is not an authority",
      async () => {
        const by = await certificate({ name: "nobody.test", by: authority });
        const { key, cert } = await certificate({ by });
        return { key, cert: `${cert}\n${by.cert}` };
      },
      "tls_certificate_untrusted",
      "UNSPECIFIED",
    ],
    [
      "is another host's",
      () => certificate({ by: authority, name: "elsewhere.test" }),
      "tls_hostname_mismatch",
      "ERR_TLS_CERT_ALTNAME_INVALID",
    ],
  ])("a receiver whose certificate %s gets no POST", async (_what, make, outcome, reason) => {
    await using it = await receiver(answer(200), await make());
    expect(await post(it.url, {}, { ca: authority.cert })).toMatchObject({ outcome, reason });
    expect(it.posts).toEqual([]);
  });

  it("a receiver that supports only TLS 1.0 gets no POST", async () => {
    await using it = await receiver(answer(200), {
      ...good,
      minVersion: "TLSv1",
      maxVersion: "TLSv1",
      ciphers: "DEFAULT@SECLEVEL=0",
    });
    expect(await post(it.url, {}, { ca: authority.cert })).toMatchObject({ outcome: "tls_failed" });
    expect(it.posts).toEqual([]);
  });

  it("a receiver that answers in plain text is a TLS failure", async () => {
    await using it = await rawReceiver((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    expect(await post(it.url.replace("http:", "https:"))).toMatchObject({ outcome: "tls_failed" });
  });

  it("a stalled TLS handshake ends at the deadline", async () => {
    await using it = await rawReceiver((socket) => socket.resume());
    const { outcome, durationMs } = await post(it.url.replace("http:", "https:"), { timeoutMs: 500 });
    expect(outcome).toBe("timeout");
    expect(durationMs).toBeLessThan(8_000);
  });

  it("a connection that is closed in the TLS handshake is lost", async () => {
    await using it = await rawReceiver((socket) => socket.once("data", () => socket.end()));
    expect(await post(it.url.replace("http:", "https:"))).toMatchObject({ outcome: "connection_lost" });
  });

  it("a plain-text POST to an https receiver is not a success", async () => {
    await using it = await receiver(answer(200), good);
    expect(["protocol_invalid", "connection_lost"]).toContain((await post(it.url.replace("https:", "http:"))).outcome);
  });
});
