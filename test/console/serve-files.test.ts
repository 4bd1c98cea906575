import { describe, expect, it } from "vitest";
import { fileServer } from "../../lambdas/console/serve-files.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const FILES = new Map(
  ["index.html", "icon.svg", "assets/index-B1x.js", "assets/index-C2y.css"].flatMap((name) => [
    [name, bytes(`${name} as it is`)] as const,
    [`${name}.br`, bytes(`${name} as br`)] as const,
    [`${name}.gz`, bytes(`${name} as gzip`)] as const,
  ]),
);
const serve = fileServer(FILES);
const ask = (path: string, accepted?: string) => {
  const { status, headers, body } = serve({
    method: "GET",
    path,
    headers: accepted === undefined ? {} : { "accept-encoding": accepted },
  });
  return { status, headers, text: typeof body === "string" ? body : new TextDecoder().decode(body) };
};

describe("the console's files", () => {
  it.each([
    ["/console", "index.html", "text/html; charset=utf-8", "no-cache"],
    ["/console/", "index.html", "text/html; charset=utf-8", "no-cache"],
    ["/console/webhooks/ep_01KA", "index.html", "text/html; charset=utf-8", "no-cache"],
    ["/console/events/evt_01KA", "index.html", "text/html; charset=utf-8", "no-cache"],
    ["/console/icon.svg", "icon.svg", "image/svg+xml", "no-cache"],
    [
      "/console/assets/index-B1x.js",
      "assets/index-B1x.js",
      "text/javascript; charset=utf-8",
      "public, max-age=31536000, immutable",
    ],
    [
      "/console/assets/index-C2y.css",
      "assets/index-C2y.css",
      "text/css; charset=utf-8",
      "public, max-age=31536000, immutable",
    ],
  ])("%s is answered with %s, its type, and how long it may be cached", (path, name, type, cached) => {
    const { status, headers, text } = ask(path);
    expect([status, text]).toEqual([200, `${name} as it is`]);
    expect(headers).toMatchObject({ "content-type": type, "cache-control": cached, vary: "accept-encoding" });
  });

  it.each([
    [undefined, undefined],
    ["", undefined],
    ["identity", undefined],
    ["br", "br"],
    ["gzip, deflate, br", "br"],
    ["gzip, deflate", "gzip"],
    ["gzip;q=1.0, br;q=0.5", "br"],
    ["br;q=0, gzip", "gzip"],
    ["br;q=0.0, gzip;q=0.000", undefined],
    ["br; q=0, gzip; q=0", undefined],
    ["br ; q=0", undefined],
    ["BR", "br"],
    ["BR;Q=0", undefined],
    ["x-br, brotli, gzipped", undefined],
    ["br;q=0.01", "br"],
  ])("a browser that accepts %j gets the encoding %j", (accepted, encoding) => {
    const { headers, text } = ask("/console", accepted);
    expect(headers["content-encoding"]).toBe(encoding);
    expect(text).toBe(`index.html as ${encoding ?? "it is"}`);
  });

  it.each([
    "/console/unknown.js",
    "/console/assets/index-OLD.js",
    "/console/../secrets.txt",
    "/console/%2e%2e/%2e%2e/etc/passwd.txt",
    "/console/..%2f..%2f1.mjs",
    "/console/constructor.js",
    "/console/%E0%A4%A.js",
  ])("%s, which is no file of the console, is answered with 404", (path) => {
    const { status, headers, text } = ask(path, "br");
    expect([status, text]).toEqual([404, "Not found"]);
    expect(headers).toMatchObject({ "content-type": "text/plain", "x-content-type-options": "nosniff" });
    expect(headers["cache-control"]).toBe("no-store");
  });

  it.each(["/console", "/console/assets/index-B1x.js", "/console/unknown.js"])(
    "the answer to %s allows no inline script, no other host, and no frame",
    (path) => {
      const { headers } = ask(path);
      const policy = headers["content-security-policy"] ?? "";
      expect(policy.split("; ").sort()).toEqual([
        "base-uri 'none'",
        "connect-src 'self'",
        "default-src 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "img-src 'self' data:",
        "script-src 'self'",
        "style-src 'self'",
      ]);
      expect(headers).toMatchObject({ "referrer-policy": "no-referrer", "x-content-type-options": "nosniff" });
    },
  );

  it("sites that may embed the console are named in its policy", () => {
    const { headers } = fileServer(FILES, "https://app.example.com")({ method: "GET", path: "/console", headers: {} });
    expect(headers["content-security-policy"]).toContain("frame-ancestors https://app.example.com");
  });
});
