import type { IdempotencyKey } from "../../lambdas/accounts/claim-request.ts";
import { acceptRequest, type OwnedEvent } from "../../lambdas/events/accept-events.ts";
import type { Event } from "../../lambdas/events/model/event.ts";
import { Environment } from "./function.ts";
import { type Simulation, worldFor } from "./world.ts";

/** A request that a producer sends until it gets a response, with an Idempotency-Key, with eventIds, or with both. */
interface Request {
  readonly account: string;
  readonly events: readonly OwnedEvent[];
  readonly idempotency: IdempotencyKey | undefined;
  hasResponse: boolean;
}

const TIMEOUT_MS = 29_000; // the accept function's own
const RETRY_MS = { min: 500, max: 60_000 };
const REPEAT_WITHIN_MS = 3 * 60 * 60_000;

/** Producers, and their invariant: what they send is one event, despite crashes and repeated requests. */
export class Producers {
  readonly #simulation: Simulation;
  readonly #accepted: (event: Event) => void;
  readonly #requests: Request[] = [];
  /** The id of each queued event, by its payload: payloads are unique. */
  readonly #ids = new Map<string, string>();

  /** @param accepted called with each event when it is first queued */
  constructor(simulation: Simulation, accepted: (event: Event) => void) {
    this.#simulation = simulation;
    this.#accepted = accepted;
  }

  send(account: string, events: readonly Omit<OwnedEvent, "account">[]): void {
    const { random, time } = this.#simulation.machine;
    const n = this.#requests.length;
    const idempotency = random.pick(["key", "key", "eventIds", "both"]);
    const hasKey = idempotency !== "eventIds";
    const request: Request = {
      account,
      events: events.map((event, i) => ({ ...event, account, ...(idempotency !== "key" && { eventId: `${n}/${i}` }) })),
      idempotency: hasKey ? { owner: account, key: String(n), hash: String(n) } : undefined,
      hasResponse: false,
    };
    this.#requests.push(request);
    void this.#attempt(request);
    // Another machine of the producer sends the same.
    if (random.next() < 0.3) time.after(random.between(0, RETRY_MS.max), () => void this.#attempt(request));
    // A repeat long after the response.
    if (random.next() < 0.3) time.after(random.between(0, REPEAT_WITHIN_MS), () => void this.#attempt(request));
  }

  /** Call it at the end of the run. */
  finish(): void {
    for (const { account, hasResponse } of this.#requests)
      if (!hasResponse) this.#violated(`a request of ${account} never got a response`);
  }

  async #attempt(request: Request): Promise<void> {
    const { machine } = this.#simulation;
    const environment = new Environment(machine, "accept");
    const retry = () => {
      if (request.hasResponse) return;
      machine.time.after(machine.random.between(RETRY_MS.min, RETRY_MS.max), () => void this.#attempt(request));
    };
    environment.begin(`accept/${machine.time.now % 100_000_000}`, retry);
    let isOver = false;
    machine.time.after(TIMEOUT_MS, () => void (isOver || environment.kill("at its timeout")));
    const world = { ...worldFor(this.#simulation, environment), queue: this.#queueOf(environment) };
    try {
      const { events } = await acceptRequest(world, "api", request);
      isOver = true;
      this.#checkResponse(request, events);
    } catch (error) {
      isOver = true;
      machine.trace(`${environment.invocation.name} fails: ${String(error)}`);
      retry();
    }
  }

  #checkResponse(request: Request, events: readonly Event[]): void {
    this.#simulation.machine.trace(`response with ${events.map(({ id }) => id)}`);
    request.hasResponse = true;
    for (const { id, payload } of events) {
      const queued = this.#ids.get(textOf(payload));
      if (queued !== id) this.#violated(`the response has ${id}, but ${queued ?? "nothing"} was queued`);
    }
  }

  #queueOf(environment: Environment): ReturnType<typeof worldFor>["queue"] {
    const { checker, send } = this.#simulation;
    return {
      send: (events, isAgain = false) =>
        environment.call(`queue ${events.map(({ id }) => id)}${isAgain ? " again" : ""}`, async () => {
          for (const event of events) {
            const before = this.#ids.get(textOf(event.payload));
            this.#ids.set(textOf(event.payload), event.id);
            if (before === undefined) this.#accepted(event);
            else if (before !== event.id) this.#violated(`${before} was queued again as ${event.id}`);
            else checker.duplicated([event]);
          }
          for (const [account, accountEvents] of Map.groupBy(events, (event) => event.account))
            send({ account, events: accountEvents, isAgain });
        }),
      resend: () => Promise.reject(new Error("The accept function never resends")),
      recover: () => Promise.reject(new Error("The accept function never recovers")),
    };
  }

  #violated(violation: string): void {
    this.#simulation.machine.trace(`VIOLATION ${violation}`);
    this.#simulation.checker.violations.push(violation);
  }
}

function textOf(payload: Uint8Array): string {
  return Buffer.from(payload).toString();
}
