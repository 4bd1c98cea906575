import type { Checker } from "./checks/checker.ts";
import type { Machine } from "./function.ts";
import type { Operators } from "./operator.ts";
import type { Simulation } from "./world.ts";

const ROUNDS = 60;
const RESENDS = 5;
const SOON_CALLS = 10; // a round makes about this many calls

interface Parts {
  readonly machine: Machine;
  readonly checker: Checker;
  readonly operators: Operators;
  readonly accept: (account: string, types: readonly string[]) => void;
  readonly send: Simulation["send"];
}

/** What arrives while an endpoint's retry round runs: events, pauses, resumptions, deletions and resends. */
export class Storm {
  readonly #parts: Parts;
  #rounds = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  roundBegan(endpoint: string): void {
    const { checker, machine } = this.#parts;
    const account = checker.observed.endpoints.get(endpoint)?.account;
    if (account === undefined || this.#rounds++ >= ROUNDS) return;
    const soon = () => machine.random.between(0, machine.random.callMs * SOON_CALLS);
    if (checker.observed.states.get(endpoint)?.status !== "deleted")
      machine.time.after(soon(), () => this.#disturb(account, endpoint));
    else
      for (let left = RESENDS; left > 0; left--) machine.time.after(soon(), () => this.#resendLast(account, endpoint));
  }

  #disturb(account: string, endpoint: string): void {
    const { accept, operators, machine } = this.#parts;
    const action = machine.random.pick(["events", "events", "events", "resume", "resume", "pause", "delete"] as const);
    if (action === "events") accept(account, ["email.open", "email.click"]);
    else if (action !== "delete" || machine.random.next() < 0.2) operators.disturb(account, endpoint, action);
  }

  /** The queue still holds the request from before the endpoint was deleted: only such ones join its backlog now. */
  #resendLast(account: string, endpoint: string): void {
    const { checker, machine, send } = this.#parts;
    const logged = [...checker.observed.logged.values()].filter((event) => event.account === account);
    const eventId = logged.at(-1)?.id;
    if (eventId === undefined) return;
    send({ account, events: [], resend: { account, eventId, to: [endpoint], at: machine.time.now } });
  }
}
