import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";

const read = (file: string) => readFileSync(new URL(file, import.meta.url), "utf8");

/**
 * The inbox's page in one response, with a Content-Security-Policy that allows only its own script and style. Received
 * content can be hostile, and a bug in the script's escaping must be harmless.
 * @param name an inbox's name, whose characters need no escaping
 */
export function readPage(name: string): { html: string; policy: string } {
  const nonce = randomBytes(16).toString("base64url");
  const html = read("./page.html")
    .replaceAll("{{name}}", () => name)
    .replaceAll("{{nonce}}", () => nonce)
    .replace("/* page.css */", () => read("./page.css"))
    .replace("/* page.js */", () => read("./page.js"));
  const policy = `default-src 'none'; connect-src 'self'; img-src data:; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
  return { html, policy };
}
