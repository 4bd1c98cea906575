import type { ClientRequest } from "node:http";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { type Answer, type Attempt, HOPS_HEADER, outcomeOf } from "../../delivery/model/attempt.ts";
import type { Webhook } from "../../delivery/model/webhook-request.ts";
import type { Clock } from "../../ports/clock.ts";
import type { WebhookClient } from "../../ports/outgoing.ts";
import { LIMITS } from "../../shared/limits.ts";
import { type AgentOptions, agentPool } from "./agents.ts";
import { boundPreamble } from "./bound-preamble.ts";
import { Fault, failureOf } from "./failure.ts";
import type { AddressGuard } from "./guard.ts";
import { readAnswer } from "./response.ts";

const LATE_TIMER_MS = 50; // ours: a later timer means that this process was busy
const GRACE_MS = 50; // ours: some turns of the event loop

interface Responded {
  readonly answer: Answer;
  /** Whether the receiver is Rappel itself. */
  readonly isFromRappel: boolean;
}

/**
 * POSTs webhooks with Node's own client, which tolerates an unexpected `100 Continue` and a 204 with a body; other clients
 * fail on such servers. One timeout covers everything from DNS to the response headers; the body gets at most 1 s of what
 * is left. Redirects are not followed, and nothing is decompressed.
 */
export function httpWebhookClient(
  guard: AddressGuard,
  clock: Pick<Clock, "now">,
  options: AgentOptions = {},
): WebhookClient {
  const agents = agentPool(guard, clock, options);

  /** @throws {unknown} if there is no response */
  async function answerTo({ url: text, headers, body, timeoutMs }: Webhook): Promise<Responded> {
    const url = new URL(text);
    const refusal = guard.refusalOfUrl(url);
    if (refusal !== undefined) throw new Fault("address_forbidden", refusal);

    // A trailing dot is valid in DNS, but not in a Host header or SNI: some servers refuse it.
    url.hostname = url.hostname.replace(/\.$/, "");

    const request = openRequest(url, headers, agents.agentFor(url.protocol));
    const { promise, resolve, reject } = Promise.withResolvers<Responded>();
    boundPreamble(request, reject);
    const dueAt = performance.now() + timeoutMs;
    const giveUp = () => request.destroy(new Fault("timeout", `no response within ${timeoutMs} ms`));
    // A late timer means that this process was busy: first read data that may have arrived, before it counts as a timeout.
    let deadline = setTimeout(() => {
      if (performance.now() - dueAt < LATE_TIMER_MS) giveUp();
      else deadline = setTimeout(giveUp, GRACE_MS);
    }, timeoutMs);
    // The first of these events decides: after a response, its status counts, whatever happens to the rest.
    request.on("response", (response) => {
      if (request.destroyed) return; // failed already, by bytes of the same chunk
      const leftMs = Math.min(LIMITS.responseBodyMs, Math.max(0, dueAt - performance.now()));
      clearTimeout(deadline);
      const isFromRappel = response.headers[HOPS_HEADER] !== undefined;
      resolve(readAnswer(response, leftMs).then((answer) => ({ answer, isFromRappel })));
    });
    // Without this listener Node emits nothing for a 101, and the request would hang until the timeout.
    request.on("upgrade", (_response, socket) => {
      socket.destroy();
      reject(upgraded());
    });
    request.on("error", reject);
    // The last event of a request: without a response by now, there will be none.
    request.on("close", () => reject(new Fault("connection_lost", "the connection ended before a response")));
    request.end(body);
    return promise.finally(() => {
      clearTimeout(deadline);
      // A response came before the whole body was sent: stop sending, because the timeout is cleared.
      if (!request.writableFinished) request.destroy();
    });
  }

  return {
    async post(webhook, isSuccess) {
      const startedAt = clock.now();
      const startedMs = performance.now();
      const result = await answerTo(webhook)
        .then((responded) => judged(responded, isSuccess))
        .catch(failureOf);
      return { ...result, startedAt, durationMs: Math.round(performance.now() - startedMs) };
    },
  };
}

/** @throws {Fault} if the status is not a final one */
function judged(
  { answer, isFromRappel }: Responded,
  isSuccess: (status: number) => boolean,
): Pick<Attempt, "outcome" | "answer"> {
  const { status } = answer;
  if (status === 101) throw upgraded();
  if (status < 200) throw new Fault("protocol_invalid", `${status} is not a final status`);
  return { outcome: outcomeOf(status, isFromRappel, isSuccess), answer };
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
