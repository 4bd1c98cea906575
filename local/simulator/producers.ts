import { acceptRequest, type IdempotencyKey, type OwnedEvent } from "../../lambdas/events/accept-events.ts";
import type { Event } from "../../lambdas/events/model/event.ts";
import { Environment } from "./function.ts";
import { type Universe, worldFor } from "./world.ts";

/** What a producer wants accepted: it sends it until it is answered, under one key, or with ids of its own. */
interface Request {
  readonly account: string;
  readonly events: readonly OwnedEvent[];
  readonly idempotency: IdempotencyKey | undefined;
  isAnswered: boolean;
}

const TIMEOUT_MS = 29_000; // the accept function's own
const AGAIN_MS = { min: 500, max: 60_000 };
const REPEATED_WITHIN_MS = 3 * 60 * 60_000;

/** Producers, and what must hold for them: what they sent once is one event, whatever died, and however often they ask. */
export class Producers {
  readonly #universe: Universe;
  readonly #accepted: (event: Event) => void;
  readonly #requests: Request[] = [];
  /** Under which id each event was queued, by its payload: no two are alike. */
  readonly #ids = new Map<string, string>();

  /** @param accepted told of each event when it is queued first */
  constructor(universe: Universe, accepted: (event: Event) => void) {
    this.#universe = universe;
    this.#accepted = accepted;
  }

  send(account: string, events: readonly Omit<OwnedEvent, "account">[]): void {
    const { chance, time } = this.#universe.machine;
    const n = this.#requests.length;
    const way = chance.pick(["key", "key", "names", "both"]);
    const hasKey = way !== "names";
    const request: Request = {
      account,
      events: events.map((event, i) => ({ ...event, account, ...(way !== "key" && { eventId: `${n}/${i}` }) })),
      idempotency: hasKey ? { owner: account, key: String(n), hash: String(n) } : undefined,
      isAnswered: false,
    };
    this.#requests.push(request);
    void this.#attempt(request);
    // By another of its machines, that does not know.
    if (chance.random() < 0.3) time.after(chance.between(0, AGAIN_MS.max), () => void this.#attempt(request));
    // Long after it was answered.
    if (chance.random() < 0.3) time.after(chance.between(0, REPEATED_WITHIN_MS), () => void this.#attempt(request));
  }

  /** When all is over. */
  finish(): void {
    for (const { account, isAnswered } of this.#requests)
      if (!isAnswered) this.#violated(`a request of ${account} was never answered`);
  }

  async #attempt(request: Request): Promise<void> {
    const { machine } = this.#universe;
    const environment = new Environment(machine, "accept");
    const again = () => {
      if (request.isAnswered) return;
      machine.time.after(machine.chance.between(AGAIN_MS.min, AGAIN_MS.max), () => void this.#attempt(request));
    };
    environment.begin(`accept/${machine.time.now % 100_000_000}`, again);
    let isOver = false;
    machine.time.after(TIMEOUT_MS, () => void (isOver || environment.kill("at its timeout")));
    const world = { ...worldFor(this.#universe, environment), queue: this.#queueOf(environment) };
    try {
      const { events } = await acceptRequest(world, "api", request);
      isOver = true;
      this.#answered(request, events);
    } catch (error) {
      isOver = true;
      machine.trace(`${environment.invocation.name} refuses: ${String(error)}`);
      again();
    }
  }

  #answered(request: Request, events: readonly Event[]): void {
    this.#universe.machine.trace(`answered with ${events.map(({ id }) => id)}`);
    request.isAnswered = true;
    for (const { id, payload } of events) {
      const queued = this.#ids.get(textOf(payload));
      if (queued !== id) this.#violated(`${id} was answered, and ${queued ?? "nothing"} was queued`);
    }
  }

  #queueOf(environment: Environment): ReturnType<typeof worldFor>["queue"] {
    const { checker, send } = this.#universe;
    return {
      send: (events, isAgain = false) =>
        environment.call(`queue ${events.map(({ id }) => id)}${isAgain ? " again" : ""}`, async () => {
          for (const event of events) {
            const before = this.#ids.get(textOf(event.payload));
            this.#ids.set(textOf(event.payload), event.id);
            if (before === undefined) this.#accepted(event);
            else if (before !== event.id) this.#violated(`${before} was queued again as ${event.id}`);
            else checker.copied([event]);
          }
          for (const [account, own] of Map.groupBy(events, (event) => event.account))
            send({ account, events: own, isAgain });
        }),
      resend: () => Promise.reject(new Error("Accept resends nothing")),
    };
  }

  #violated(what: string): void {
    this.#universe.machine.trace(`VIOLATION ${what}`);
    this.#universe.checker.violations.push(what);
  }
}

function textOf(payload: Uint8Array): string {
  return Buffer.from(payload).toString();
}
