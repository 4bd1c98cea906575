import type { ClientRequest, IncomingMessage } from "node:http";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { Answer, Attempt } from "../core/attempt.ts";
import { LIMITS } from "../core/limits.ts";
import type { Clock, Courier } from "../ports.ts";
import { type AgentOptions, agentKeeper } from "./agents.ts";
import { readAnswer } from "./answer.ts";
import { failureOf } from "./failure.ts";
import type { AddressGuard } from "./guard.ts";

/**
 * POSTs webhooks with Node's own client: it takes an unasked `100 Continue` and a 204 with a body in its stride, where
 * others give up on such servers. One deadline counts from the name look-up to the last byte; redirects are not followed;
 * nothing is decompressed.
 */
export function httpCourier(guard: AddressGuard, clock: Clock, options: AgentOptions = {}): Courier {
  const agents = agentKeeper(guard, clock, options);

  return {
    post({ url: text, headers, body, timeoutMs }, isSuccess) {
      const url = new URL(text);
      const startedAt = clock.now();
      const begun = performance.now();
      const { promise, resolve } = Promise.withResolvers<Attempt>();
      const end = (result: Pick<Attempt, "outcome" | "reason" | "answer">) =>
        resolve({ ...result, startedAt, durationMs: Math.round(performance.now() - begun) });
      const refusal = guard.refusalOfUrl(url);
      if (refusal !== undefined) {
        end({ outcome: "address_forbidden", reason: refusal });
        return promise;
      }

      const request = openRequest(url, headers, agents.agentFor(url.protocol));
      const deadline = setTimeout(
        () => request.destroy(new DeadlineFault(`no answer within ${timeoutMs} ms`)),
        timeoutMs,
      );
      let isAnswered = false;
      const fail = (failure: Pick<Attempt, "outcome" | "reason">) => {
        if (!isAnswered) end(failure); // else the status has decided, whatever becomes of the rest
      };
      request.on("response", (response: IncomingMessage) => {
        isAnswered = true;
        void readAnswer(response).then((answer) => end(judged(answer, isSuccess)));
      });
      // Without this listener Node says nothing at all of a 101, and the request would hang until its deadline.
      request.on("upgrade", (_response, socket) => {
        socket.destroy();
        fail({ outcome: "protocol_upgrade", reason: "the receiver switched protocols (101)" });
      });
      request.on("error", (error) =>
        fail(error instanceof DeadlineFault ? { outcome: "timeout", reason: error.message } : failureOf(error)),
      );
      // A request's last event: whoever was not told by now got no answer.
      request.on("close", () => fail({ outcome: "connection_lost", reason: "the connection ended before an answer" }));
      request.end(body);
      return promise.finally(() => clearTimeout(deadline));
    },
  };
}

class DeadlineFault extends Error {}

function judged(
  answer: Answer,
  isSuccess: (status: number) => boolean,
): Pick<Attempt, "outcome" | "reason" | "answer"> {
  if (answer.status < 200) return { outcome: "protocol_invalid", reason: `${answer.status} is no final status` };
  return { outcome: isSuccess(answer.status) ? "success" : "http_status", answer };
}

function openRequest(
  url: URL,
  headers: Readonly<Record<string, string>>,
  agent: ReturnType<ReturnType<typeof agentKeeper>["agentFor"]>,
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
