import { Agent, createServer, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { listen } from "../../local/listen.ts";
import type { MeasuredService } from "./measured-service.ts";

/** The result of a load. */
interface LoadResult {
  readonly accepted: number;
  /** Responses other than 202: by status, or `no response`. */
  readonly refused: ReadonlyMap<string, number>;
  /** Events that arrived, and POSTs beyond one for each of them. */
  readonly arrived: number;
  readonly extraPosts: number;
  /** From the first request to the last 202, and to the last arrival. */
  readonly acceptSeconds: number;
  readonly arriveSeconds: number;
}

/** Events to send. */
export interface LoadPlan {
  readonly events: number;
  /** An even pace; absent: each connection sends its next event at once. */
  readonly perSecond?: number;
  readonly connections: number;
  /** How long to wait for the last arrival. */
  readonly withinMs: number;
}

/** Sends single events to a service, and receives them at one endpoint. */
export interface Load {
  /** Sends the events and waits until all that were accepted have arrived, or the time is over. */
  run(plan: LoadPlan): Promise<LoadResult>;
  /** POSTs that arrive late: of events that were sent before. */
  extraPosts(): number;
  stop(): Promise<void>;
}

const REPEAT_MS = 100; // after a refusal, unless it says when
const RESPONSE_MS = 60_000;

/** Registers an endpoint that responds at once, at the account of the service's key. */
export async function startLoad({ url, authorization }: MeasuredService): Promise<Load> {
  const posts = new Map<string, number>();
  let extra = 0;
  let lastAt = 0;
  const server = createServer((incoming, outgoing) => {
    incoming.resume();
    incoming.once("end", () => {
      const id = String(incoming.headers["webhook-id"]);
      const before = posts.get(id) ?? 0;
      if (before > 0) extra++;
      posts.set(id, before + 1);
      lastAt = performance.now();
      outgoing.end();
    });
  });
  server.keepAliveTimeout = 75_000;
  const receiver = await listen(server);
  const agent = new Agent({ keepAlive: true });
  const call = caller(url, authorization, agent);
  const { status, text } = await call("/v1/endpoints", { url: receiver.url, eventTypes: ["*"] });
  if (status !== 201) throw new Error(`Cannot register the endpoint: ${status} ${text}`);

  return {
    async run({ events, perSecond, connections, withinMs }) {
      const refused = new Map<string, number>();
      const accepted: string[] = [];
      const extraBefore = extra;
      const begun = performance.now();
      let sent = 0;
      let acceptedAt = begun;
      const sendOne = async (n: number) => {
        for (;;) {
          const {
            status,
            text,
            retryAfterMs = REPEAT_MS,
          } = await call("/v1/events", {
            type: "email.opened",
            data: { MessageID: n, CustomID: "a campaign's identifier", email: "ada@example.com", ip: "192.0.2.1" },
          });
          if (status === 202) {
            accepted.push(JSON.parse(text).id);
            acceptedAt = performance.now();
            return;
          }
          const result = status === 0 ? "no response" : String(status);
          refused.set(result, (refused.get(result) ?? 0) + 1);
          await sleep(retryAfterMs);
        }
      };
      const connection = async () => {
        while (sent < events) {
          const n = sent++;
          const dueAt = begun + (perSecond === undefined ? 0 : (n / perSecond) * 1_000);
          await sleep(Math.max(0, dueAt - performance.now()));
          await sendOne(n);
        }
      };
      await Promise.all(Array.from({ length: connections }, connection));
      const until = performance.now() + withinMs;
      const arrived = () => accepted.filter((id) => posts.has(id)).length;
      while (arrived() < accepted.length && performance.now() < until) await sleep(20);
      return {
        accepted: accepted.length,
        refused,
        arrived: arrived(),
        extraPosts: extra - extraBefore,
        acceptSeconds: (acceptedAt - begun) / 1_000,
        arriveSeconds: (lastAt - begun) / 1_000,
      };
    },
    extraPosts: () => extra,
    stop: async () => {
      agent.destroy();
      await receiver.stop();
    },
  };
}

interface Answered {
  /** 0: no response. */
  readonly status: number;
  readonly text: string;
  readonly retryAfterMs?: number;
}

/** Node's own client: `fetch` would need several times its CPU, on the same machine. */
function caller(url: string, authorization: string, agent: Agent) {
  return (path: string, body: object): Promise<Answered> =>
    new Promise((resolve) => {
      const sent = Buffer.from(JSON.stringify(body));
      const headers = { authorization, "content-type": "application/json", "content-length": sent.length };
      const outgoing = request(url + path, { method: "POST", agent, headers, timeout: RESPONSE_MS }, (incoming) => {
        const parts: Buffer[] = [];
        incoming.on("data", (part: Buffer) => parts.push(part));
        incoming.once("end", () => {
          const seconds = Number(incoming.headers["retry-after"]);
          const text = Buffer.concat(parts).toString();
          const status = incoming.statusCode ?? 0;
          resolve({ status, text, ...(seconds > 0 && { retryAfterMs: seconds * 1_000 }) });
        });
        incoming.once("error", () => resolve({ status: 0, text: "" }));
      });
      outgoing.once("timeout", () => outgoing.destroy());
      outgoing.once("error", () => resolve({ status: 0, text: "" }));
      outgoing.end(sent);
    });
}
