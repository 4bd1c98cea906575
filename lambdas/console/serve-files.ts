import type { HttpAnswer, HttpRequest } from "../http/http.ts";

/** The console's static files: bytes by path below `/console/`, with the compressed forms as `.br` and `.gz` beside each. */
export type StaticFiles = ReadonlyMap<string, Uint8Array>;

const MEDIA: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  png: "image/png",
  svg: "image/svg+xml",
};
const ENCODINGS = [
  { name: "br", suffix: ".br" },
  { name: "gzip", suffix: ".gz" },
] as const;
const INDEX = "index.html";
const ASSETS = "assets/"; // Vite puts the files whose names have a hash there
const YEAR_SECONDS = 31_536_000;

/**
 * Answers requests for the console. Every path without a file extension is one of its screens and gets the page.
 * @param frameAncestors the sites that may embed the page, as in the Content-Security-Policy
 */
export function fileServer(
  files: StaticFiles,
  frameAncestors = "'none'",
): (request: Pick<HttpRequest, "method" | "path" | "headers">) => HttpAnswer {
  return ({ path, headers }) => {
    const wanted = decodedPath(path).replace(/^\/console\/?/, "");
    const name = /\.\w+$/.test(wanted) ? wanted : INDEX;
    const bytes = files.get(name);
    const security = securityHeaders(frameAncestors);
    if (bytes === undefined)
      return {
        status: 404,
        // A cache must not keep it: during a deployment the file of a new page may be there a moment later.
        headers: { ...security, "content-type": "text/plain", "cache-control": "no-store" },
        body: "Not found",
      };
    const isNamedByHash = name.startsWith(ASSETS);
    const accepted = acceptedEncodings(headers["accept-encoding"]);
    const encoding = ENCODINGS.find((each) => accepted.has(each.name) && files.has(`${name}${each.suffix}`));
    return {
      status: 200,
      headers: {
        ...security,
        "content-type": MEDIA[name.slice(name.lastIndexOf(".") + 1)] ?? "application/octet-stream",
        "cache-control": isNamedByHash ? `public, max-age=${YEAR_SECONDS}, immutable` : "no-cache",
        vary: "accept-encoding",
        ...(encoding !== undefined && { "content-encoding": encoding.name }),
      },
      body: (encoding && files.get(`${name}${encoding.suffix}`)) ?? bytes,
    };
  };
}

/** The names in `Accept-Encoding` (RFC 9110, 12.5.3) without those that `q=0` excludes. */
function acceptedEncodings(header = ""): ReadonlySet<string> {
  const entries = header.toLowerCase().split(",");
  const accepted = entries.filter((entry) => !/;\s*q=0(\.0*)?\s*$/.test(entry));
  return new Set(accepted.map((entry) => (entry.split(";")[0] ?? "").trim()));
}

/** No inline script, nothing from other hosts, and no other site learns the page's address. */
function securityHeaders(frameAncestors: string): Record<string, string> {
  return {
    "content-security-policy": [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      `frame-ancestors ${frameAncestors}`,
    ].join("; "),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
  };
}

function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
