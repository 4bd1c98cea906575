import type { Attempt } from "../../lambdas/delivery/model/attempt.ts";
import type { Webhook } from "../../lambdas/delivery/model/webhook-request.ts";
import type { WebhookClient } from "../../lambdas/ports/outgoing.ts";
import type { Environment, Invocation, Machine } from "./function.ts";

/** How a simulated URL behaves over time. */
export interface Receiver {
  readonly endpoint: string;
  /** It is down from `from` to `to`, epoch ms. */
  readonly outages: readonly { readonly from: number; readonly to: number }[];
  readonly responseWhileDown: number | "silent";
  readonly retryAfterSeconds?: number;
  /** How many of its first POSTs fail with a probability of one half. */
  readonly flakyPosts: number;
  readonly isDownForEver: boolean;
  /** How many events it accepts per POST; it responds to more with 413. Absent: no limit. */
  readonly maxEventsPerPost?: number;
}

/** One event of a POST as its receiver saw it. */
export interface Post {
  readonly endpoint: string;
  readonly eventId: string;
  /** How many events the POST had, including this one. */
  readonly eventsInPost: number;
  /** When the sender decided to send it. */
  readonly begunAt: number;
  /** Whether the receiver responded with a success, even if the response was lost. */
  readonly isReceived: boolean;
  readonly isResponseLost: boolean;
  readonly invocation: Invocation;
}

/** The events of a POST: one, or all of a group. */
export function idsIn({ headers }: Webhook): readonly string[] {
  return (headers["rappel-event-ids"] ?? headers["webhook-id"] ?? "").split(",");
}

interface PostObserver {
  /** Called when a POST starts. */
  postStarted(webhook: Webhook, endpoint: string, environment: Environment): void;
}

/** All receivers, and the ledger of every POST that arrived. */
export class Receivers {
  readonly ledger: Post[] = [];
  readonly rejectedEvents = new Set<string>();
  readonly #machine: Machine;
  readonly #byUrl = new Map<string, Receiver>();
  readonly #posts = new Map<string, number>();

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  listen(url: string, receiver: Receiver): void {
    this.#byUrl.set(url, receiver);
  }

  /** The most POSTs of one delivery that were received. */
  copiesMost(): number {
    const received = this.ledger.filter(({ isReceived }) => isReceived);
    const byDelivery = Map.groupBy(received, ({ endpoint, eventId }) => `${endpoint} ${eventId}`);
    return Math.max(0, ...byDelivery.values().map(({ length }) => length));
  }

  webhookClientFor(environment: Environment, observer: PostObserver): WebhookClient {
    const { time, random, trace } = this.#machine;
    return {
      post: async (webhook, isSuccess) => {
        const receiver = this.#byUrl.get(webhook.url);
        if (receiver === undefined) throw new Error(`Cannot POST to ${webhook.url}: no receiver has this URL`);
        const { endpoint } = receiver;
        const eventIds = idsIn(webhook);
        const begunAt = time.now;
        observer.postStarted(webhook, endpoint, environment);
        await environment.boundary(`before POST of ${eventIds}`);
        const status = this.#statusOf(receiver, eventIds);
        const isReceived = status !== "silent" && isSuccess(status);
        const isResponseLost = isReceived && random.happens("a response is lost");
        const { invocation } = environment;
        const eventsInPost = eventIds.length;
        for (const eventId of eventIds)
          this.ledger.push({ endpoint, eventId, eventsInPost, begunAt, isReceived, isResponseLost, invocation });
        trace(
          `${invocation.name} POST ${eventIds} to ${endpoint}: ${isResponseLost ? "received, response lost" : status}`,
        );
        const startedAt = begunAt + environment.skewMs;
        const durationMs = status === "silent" ? webhook.timeoutMs : random.between(1, 200);
        await environment.boundary(`during POST of ${eventIds}`, durationMs);
        if (status === "silent") return { outcome: "timeout", startedAt, durationMs };
        if (isResponseLost) return { outcome: "connection_lost", startedAt, durationMs };
        const responseHeaders =
          isReceived || receiver.retryAfterSeconds === undefined
            ? {}
            : { "retry-after": String(receiver.retryAfterSeconds) };
        const answer = { status, body: new Uint8Array(), isTruncated: false, headers: responseHeaders };
        const attempt: Attempt = { outcome: isReceived ? "success" : "http_status", startedAt, durationMs, answer };
        return attempt;
      },
    };
  }

  /** Milliseconds from the end of each outage to the next success. Outages without a POST are left out. */
  recoveriesOf({ endpoint, outages }: Receiver): number[] {
    const posts = this.ledger.filter((post) => post.endpoint === endpoint);
    return outages.flatMap(({ from, to }) => {
      const wasFoundDown = posts.some(({ begunAt, isReceived }) => begunAt >= from && begunAt < to && !isReceived);
      const first = posts.find(({ begunAt, isReceived }) => begunAt >= to && isReceived);
      return wasFoundDown && first !== undefined ? [first.begunAt - to] : [];
    });
  }

  #statusOf(
    {
      endpoint,
      outages,
      responseWhileDown,
      flakyPosts,
      isDownForEver,
      maxEventsPerPost = Number.POSITIVE_INFINITY,
    }: Receiver,
    eventIds: readonly string[],
  ): number | "silent" {
    const { time, random } = this.#machine;
    const posts = (this.#posts.get(endpoint) ?? 0) + 1;
    this.#posts.set(endpoint, posts);
    if (eventIds.some((id) => this.rejectedEvents.has(id))) return 400;
    if (eventIds.length > maxEventsPerPost) return 413;
    const isDown = outages.some(({ from, to }) => time.now >= from && time.now < to);
    if (isDown && (isDownForEver || !random.areFaultsOver)) return responseWhileDown;
    return posts <= flakyPosts && random.next() < 0.5 ? 500 : 200;
  }
}
