import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { listen } from "../../local/listen.ts";

/** A server with a request that it has not answered yet. */
async function openRequest() {
  const server = createServer();
  const { url, stop } = await listen(server);
  const answer = fetch(url).then((response) => response.text());
  answer.catch(() => undefined); // a test that awaits it gets the rejection
  const [, response]: [unknown, ServerResponse] = await once(server, "request").then(([request, answered]) => [
    request,
    answered,
  ]);
  return { url, stop, answer, response };
}

describe("stopping a server", () => {
  it("a server that stops finishes its open requests within the given time", async () => {
    const { stop, answer, response } = await openRequest();
    const stopped = stop(60_000);
    await sleep(100);
    response.setHeader("connection", "close").end("done");
    expect(await answer).toBe("done");
    await stopped;
  });

  it("a server that stops without a given time closes its connections at once", async () => {
    const { url, stop, answer } = await openRequest();
    await stop();
    await expect(answer).rejects.toThrow("fetch failed");
    await expect(fetch(url)).rejects.toThrow("fetch failed");
  });
});
