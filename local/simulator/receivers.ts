import type { Attempt } from "../../lambdas/delivery/model/attempt.ts";
import type { Webhook } from "../../lambdas/delivery/model/webhook-request.ts";
import type { WebhookClient } from "../../lambdas/ports/outgoing.ts";
import type { Environment, Invocation, Machine } from "./function.ts";

/** How a simulated URL behaves, as a table over time. */
export interface Receiver {
  readonly endpoint: string;
  /** While it is down, `from` to `to`, epoch ms. */
  readonly downs: readonly { readonly from: number; readonly to: number }[];
  readonly downAs: number | "silent";
  readonly retryAfterSeconds?: number;
  /** How many of its first POSTs fail by the toss of a coin. */
  readonly tosses: number;
  readonly isDeadForEver: boolean;
  /** How many events it takes at once; more are answered 413. Absent: as many as come. */
  readonly takesMost?: number;
}

/** One event of a POST as its receiver saw it. */
export interface Post {
  readonly endpoint: string;
  readonly eventId: string;
  /** How many events came with it, itself included. */
  readonly together: number;
  /** When the sender decided to send it. */
  readonly begunAt: number;
  /** A success, as far as the receiver knows. */
  readonly isReceived: boolean;
  readonly isAnswerLost: boolean;
  readonly invocation: Invocation;
}

/** The events of a POST: one, or all of a group. */
export function idsIn({ headers }: Webhook): readonly string[] {
  return (headers["rappel-event-ids"] ?? headers["webhook-id"] ?? "").split(",");
}

interface Witness {
  /** Judges a POST at the moment that it begins. */
  begun(webhook: Webhook, endpoint: string, environment: Environment): void;
}

/** All receivers, and the ledger of every POST that arrived. */
export class Receivers {
  readonly ledger: Post[] = [];
  readonly poisonous = new Set<string>();
  readonly #machine: Machine;
  readonly #byUrl = new Map<string, Receiver>();
  readonly #posts = new Map<string, number>();

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  listen(url: string, receiver: Receiver): void {
    this.#byUrl.set(url, receiver);
  }

  courierFor(environment: Environment, witness: Witness): WebhookClient {
    const { time, chance, trace } = this.#machine;
    return {
      post: async (webhook, isSuccess) => {
        const receiver = this.#byUrl.get(webhook.url);
        if (receiver === undefined) throw new Error(`Cannot POST to ${webhook.url}: nobody listens there`);
        const { endpoint } = receiver;
        const eventIds = idsIn(webhook);
        const begunAt = time.now;
        witness.begun(webhook, endpoint, environment);
        await environment.boundary(`before POST of ${eventIds}`);
        const status = this.#statusOf(receiver, eventIds);
        const isReceived = status !== "silent" && isSuccess(status);
        const isAnswerLost = isReceived && chance.happens("an answer is lost");
        const { invocation } = environment;
        const together = eventIds.length;
        for (const eventId of eventIds)
          this.ledger.push({ endpoint, eventId, together, begunAt, isReceived, isAnswerLost, invocation });
        trace(`${invocation.name} POST ${eventIds} to ${endpoint}: ${isAnswerLost ? "received, answer lost" : status}`);
        const startedAt = begunAt + environment.skewMs;
        const durationMs = status === "silent" ? webhook.timeoutMs : chance.between(1, 200);
        await environment.boundary(`during POST of ${eventIds}`, durationMs);
        if (status === "silent") return { outcome: "timeout", startedAt, durationMs };
        if (isAnswerLost) return { outcome: "connection_lost", startedAt, durationMs };
        const asked =
          isReceived || receiver.retryAfterSeconds === undefined
            ? {}
            : { "retry-after": String(receiver.retryAfterSeconds) };
        const answer = { status, body: new Uint8Array(), isTruncated: false, headers: asked };
        const attempt: Attempt = { outcome: isReceived ? "success" : "http_status", startedAt, durationMs, answer };
        return attempt;
      },
    };
  }

  /** How long after each of its downs a receiver that had been found down got its first success, ms. */
  recoveriesOf({ endpoint, downs }: Receiver): number[] {
    const posts = this.ledger.filter((post) => post.endpoint === endpoint);
    return downs.flatMap(({ from, to }) => {
      const wasFoundDown = posts.some(({ begunAt, isReceived }) => begunAt >= from && begunAt < to && !isReceived);
      const first = posts.find(({ begunAt, isReceived }) => begunAt >= to && isReceived);
      return wasFoundDown && first !== undefined ? [first.begunAt - to] : [];
    });
  }

  #statusOf(
    { endpoint, downs, downAs, tosses, isDeadForEver, takesMost = Number.POSITIVE_INFINITY }: Receiver,
    eventIds: readonly string[],
  ): number | "silent" {
    const { time, chance } = this.#machine;
    const posts = (this.#posts.get(endpoint) ?? 0) + 1;
    this.#posts.set(endpoint, posts);
    if (eventIds.some((id) => this.poisonous.has(id))) return 400;
    if (eventIds.length > takesMost) return 413;
    const isDown = downs.some(({ from, to }) => time.now >= from && time.now < to);
    if (isDown && (isDeadForEver || !chance.isOver)) return downAs;
    return posts <= tosses && chance.random() < 0.5 ? 500 : 200;
  }
}
