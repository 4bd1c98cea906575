const CHARS_MIN = 8; // shorter strings would match log lines by chance
const TEXTS_MAX = 20_000;

/**
 * Collects the strings of a test that no log may hold: payloads, an endpoint's url, headers and description, the callers'
 * credentials, and the signing secrets in answers.
 */
export class PrivateTexts {
  readonly #texts = new Set<string>();

  /** Keeps all strings and long numbers of a request body. Ids and accounts are not private: log lines name them. */
  keepBody(body: string): void {
    const without = body.replaceAll(/"account"\s*:\s*"[^"]*"/g, "");
    for (const [, text = "", colon] of without.matchAll(/"((?:[^"\\]|\\.)*)"(\s*:)?/g)) {
      if (colon === undefined) this.#keep(text); // a string before a colon is a field name
    }
    for (const [number] of without.matchAll(/\b\d{8,}\b/g)) this.#keep(number);
  }

  /** Keeps the value of `Authorization: Basic …` and the password in it. */
  keepAuthorization(value: string): void {
    const [, encoded = ""] = value.split(" ");
    this.#keep(encoded);
    this.#keep(Buffer.from(encoded, "base64").toString().split(":").slice(1).join(":"));
  }

  /** Keeps the secrets in an answer. */
  keepAnswer(text: string): void {
    for (const [secret] of text.matchAll(/whsec_[A-Za-z0-9+/=]+/g)) this.#keep(secret);
    for (const [, code = ""] of text.matchAll(/#code=ses_\w+\.([\w-]+)/g)) this.#keep(code);
  }

  /** Keeps the token in the cookie of a session. */
  keepCookie(cookie: string): void {
    this.#keep(cookie.slice(cookie.indexOf(".") + 1));
  }

  get count(): number {
    return this.#texts.size;
  }

  /** The lines that hold a private string, each with that string. */
  leaksIn(lines: readonly string[]): string[] {
    const all = lines.join("\n");
    const leaked = [...this.#texts].filter((text) => all.includes(text));
    return leaked.map((text) => `${text} in: ${lines.find((line) => line.includes(text))}`);
  }

  #keep(text: string): void {
    if (text.length < CHARS_MIN || this.#texts.size >= TEXTS_MAX || /^(ep|evt|key)_/.test(text)) return;
    this.#texts.add(text);
  }
}
