import type { ClientRequest } from "node:http";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { Answer, Attempt } from "../../delivery/model/attempt.ts";
import type { Webhook } from "../../delivery/model/webhook-request.ts";
import type { Clock } from "../../ports/clock.ts";
import type { WebhookClient } from "../../ports/outgoing.ts";
import { LIMITS } from "../../shared/limits.ts";
import { type AgentOptions, agentPool } from "./agents.ts";
import { Fault, failureOf } from "./failure.ts";
import type { AddressGuard } from "./guard.ts";
import { readAnswer } from "./response.ts";

const BUSY_MS = 50; // ours
const GRACE_MS = 50; // ours: some turns of the event loop

/**
 * POSTs webhooks with Node's own client: it takes an unasked `100 Continue` and a 204 with a body in its stride, where
 * others give up on such servers. One deadline counts from the name look-up to the last byte; redirects are not followed;
 * nothing is decompressed.
 */
export function httpWebhookClient(
  guard: AddressGuard,
  clock: Pick<Clock, "now">,
  options: AgentOptions = {},
): WebhookClient {
  const agents = agentPool(guard, clock, options);

  /** @throws {unknown} why there is no answer */
  async function answerTo({ url: text, headers, body, timeoutMs }: Webhook): Promise<Answer> {
    const url = new URL(text);
    const refusal = guard.refusalOfUrl(url);
    if (refusal !== undefined) throw new Fault("address_forbidden", refusal);

    const request = openRequest(url, headers, agents.agentFor(url.protocol));
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const dueAt = performance.now() + timeoutMs;
    const giveUp = () => request.destroy(new Fault("timeout", `no answer within ${timeoutMs} ms`));
    // A timer that is late says that this process was busy: what has come meanwhile is read before anybody is blamed.
    let deadline = setTimeout(() => {
      if (performance.now() - dueAt < BUSY_MS) giveUp();
      else deadline = setTimeout(giveUp, GRACE_MS);
    }, timeoutMs);
    // The first of these decides: once there is a response, its status does, whatever becomes of the rest.
    request.on("response", (response) => resolve(readAnswer(response)));
    // Without this listener Node says nothing at all of a 101, and the request would hang until its deadline.
    request.on("upgrade", (_response, socket) => {
      socket.destroy();
      reject(upgraded());
    });
    request.on("error", reject);
    // A request's last event: whoever was not told by now got no answer.
    request.on("close", () => reject(new Fault("connection_lost", "the connection ended before an answer")));
    request.end(body);
    return promise.finally(() => {
      clearTimeout(deadline);
      // Answered before it had taken the whole body: nothing else would end the rest, now that the deadline is gone.
      if (!request.writableFinished) request.destroy();
    });
  }

  return {
    async post(webhook, isSuccess) {
      const startedAt = clock.now();
      const begun = performance.now();
      const result = await answerTo(webhook)
        .then((answer) => judged(answer, isSuccess))
        .catch(failureOf);
      return { ...result, startedAt, durationMs: Math.round(performance.now() - begun) };
    },
  };
}

/** @throws {Fault} where the status is no final one */
function judged(answer: Answer, isSuccess: (status: number) => boolean): Pick<Attempt, "outcome" | "answer"> {
  const { status } = answer;
  if (status === 101) throw upgraded();
  if (status < 200) throw new Fault("protocol_invalid", `${status} is no final status`);
  return { outcome: isSuccess(status) ? "success" : "http_status", answer };
}

function upgraded(): Fault {
  return new Fault("protocol_upgrade", "the receiver switched protocols (101)");
}

function openRequest(
  url: URL,
  headers: Readonly<Record<string, string>>,
  agent: ReturnType<ReturnType<typeof agentPool>["agentFor"]>,
): ClientRequest {
  const open = url.protocol === "https:" ? requestHttps : requestHttp;
  return open(url, {
    method: "POST",
    agent,
    headers,
    maxHeaderSize: LIMITS.responseHeaderBytes,
    insecureHTTPParser: false,
  });
}
