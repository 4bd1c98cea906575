import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { listen } from "../../local/listen.ts";

/** A server that has got a request, and has not answered it yet. */
async function asked() {
  const server = createServer();
  const { url, stop } = await listen(server);
  const answer = fetch(url).then((response) => response.text());
  answer.catch(() => undefined); // whoever waits for it is told all the same
  const [, response]: [unknown, ServerResponse] = await once(server, "request").then(([one, other]) => [one, other]);
  return { url, stop, answer, response };
}

describe("a server that is stopped", () => {
  it("lets what is being answered end, for as long as it was given", async () => {
    const { stop, answer, response } = await asked();
    const stopped = stop(60_000);
    await sleep(100);
    response.setHeader("connection", "close").end("told");
    expect(await answer).toBe("told");
    await stopped;
  });

  it("cuts it off where it was given no time, and is there no more", async () => {
    const { url, stop, answer } = await asked();
    await stop();
    await expect(answer).rejects.toThrow("fetch failed");
    await expect(fetch(url)).rejects.toThrow("fetch failed");
  });
});
