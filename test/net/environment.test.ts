import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { certificate } from "./certificates.ts";
import { answer } from "./posting.ts";
import { type Receiver, rawReceiver, receiver } from "./receiver.ts";

const run = promisify(execFile);
const POSTING = new URL("./posting.ts", import.meta.url).href;

/** Sends one POST from its own process, which must then exit: an open timer or socket would keep it running. */
async function postFrom(url: string, environment: Readonly<Record<string, string>> = {}, ca?: string) {
  const script = `import { post } from ${JSON.stringify(POSTING)};
    const { outcome, reason } = await post(${JSON.stringify(url)}, { timeoutMs: 60_000 }, ${JSON.stringify({ ca })});
    console.log(JSON.stringify({ outcome, reason }));`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script], {
    env: { ...process.env, ...environment },
    timeout: 20_000,
  });
  return JSON.parse(stdout);
}

describe("the environment of a function", () => {
  it("environment variables cannot switch off the verification of certificates", async () => {
    await using it = await receiver(answer(200), await certificate());
    expect(await postFrom(it.url, { NODE_TLS_REJECT_UNAUTHORIZED: "0" })).toEqual({
      outcome: "tls_certificate_untrusted",
      reason: "DEPTH_ZERO_SELF_SIGNED_CERT",
    });
    expect(it.posts).toEqual([]);
  });

  it("environment variables cannot lower the TLS version", async () => {
    const authority = await certificate({ name: "Test authority", isAuthority: true });
    await using it = await receiver(answer(200), {
      ...(await certificate({ by: authority })),
      minVersion: "TLSv1",
      maxVersion: "TLSv1.1",
      ciphers: "DEFAULT@SECLEVEL=0",
    });
    const environment = { NODE_OPTIONS: "--tls-min-v1.0 --tls-cipher-list=DEFAULT@SECLEVEL=0" };
    expect(await postFrom(it.url, environment, authority.cert)).toMatchObject({ outcome: "tls_failed" });
    expect(it.posts).toEqual([]);
  });

  it("environment variables cannot set a proxy, which would connect to unchecked addresses", async () => {
    await using it = await receiver(answer(200));
    await using proxy: Receiver = await rawReceiver((socket) => socket.end(answer(202)));
    const address = `http://127.0.0.1:${proxy.port}`;
    const environment = {
      NODE_USE_ENV_PROXY: "1",
      HTTP_PROXY: address,
      http_proxy: address,
      HTTPS_PROXY: address,
      https_proxy: address,
      ALL_PROXY: address,
      NO_PROXY: "",
      no_proxy: "",
    };
    expect(await postFrom(it.url, environment)).toEqual({ outcome: "success" });
    expect(it.posts).toHaveLength(1);
    expect(proxy.sockets).toEqual([]);
  });

  it("environment variables cannot relax the HTTP parser or its limits", async () => {
    await using lax = await receiver((socket) =>
      socket.end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"),
    );
    await using long = await receiver((socket) =>
      socket.end(answer(200, { headers: [`X-Long: ${"y".repeat(40_000)}`] })),
    );
    const environment = { NODE_OPTIONS: "--insecure-http-parser --max-http-header-size=1000000" };
    for (const { url } of [lax, long])
      expect(await postFrom(url, environment)).toMatchObject({ outcome: "protocol_invalid" });
  });

  it("no timer or socket is left after a POST", async () => {
    await using it = await receiver(answer(200));
    expect(await postFrom(it.url)).toEqual({ outcome: "success" });
  });
});
