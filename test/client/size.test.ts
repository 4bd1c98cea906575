import { createContext, runInContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, it } from "vitest";
import * as z from "zod";
import { newSecret, signed } from "../../client/testing/index.ts";

const MAX_BYTES = 6 * 1_024;

async function bundled(source: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: import.meta.dirname, loader: "ts" },
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    globalName: "rappel",
    platform: "browser",
    target: "es2022",
  });
  return outputFiles[0]?.text ?? "";
}

it("the client has at most 6 KB compressed where nothing is verified", async () => {
  const text = await bundled('export { Rappel, RappelError } from "../../client/index.ts";');
  expect(gzipSync(text).length).toBeLessThanOrEqual(MAX_BYTES);
});

it("the client and its verification run where only the web's own interfaces are", async () => {
  const web = {
    URL,
    TextEncoder,
    TextDecoder,
    btoa,
    setTimeout,
    clearTimeout,
    AbortSignal,
    Headers,
    Request,
    fetch,
    crypto,
  };
  const context = createContext({ ...web });
  context["globalThis"] = context;
  runInContext(await bundled('export * from "../../client/index.ts";'), context);
  const secret = newSecret();
  const { body, headers } = signed({ body: "{}", secret, id: "evt_1" });
  Object.assign(context, { body, headers, secret });
  expect(runInContext("rappel.verify(body, headers, secret).id", context)).toBe("evt_1");
  const offline = runInContext(
    `new rappel.Rappel({ url: "http://127.0.0.1:1", key: "key_01JD7X1RZ8M3V0A6Q5T2Y9WKBC:x", retryForMs: 0 })
      .send({ type: "t", data: 1 }).catch(({ code }) => code)`,
    context,
  );
  expect(z.string().parse(await offline)).toBe("OFFLINE");
});
