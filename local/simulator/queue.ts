import { LIMITS } from "../../lambdas/shared/limits.ts";
import { Environment, type Machine } from "./function.ts";

export interface Message<T> {
  readonly body: T;
  receives: number;
  /** When it is seen again unless it is acknowledged before. */
  visibleAt: number;
  isAcknowledged: boolean;
}

/** A function as its event source calls it: says of each message whether it is settled. */
export type Handler<T> = (messages: readonly Message<T>[], deadlineAt: number) => Promise<boolean[]>;

interface Source<T> {
  readonly name: string;
  readonly batchMax: number;
  readonly environmentsMax: number;
  /** What a new environment makes of itself. */
  readonly start: (environment: Environment) => Handler<T>;
  readonly acknowledged?: (body: T) => void;
  readonly copied?: (body: T) => void;
  /** Mutant: messages are gone as soon as they are received. */
  readonly isAcknowledgedFirst?: boolean;
}

const VISIBILITY_MS = LIMITS.visibilitySeconds * 1000;
const FUNCTION_MS = LIMITS.functionSeconds * 1000;

/** A queue of at-least-once messages, the function that it feeds, and its dead-letter queue. */
export class SimulatedQueue<T> {
  readonly #machine: Machine;
  readonly #source: Source<T>;
  #ready: Message<T>[] = [];
  #deadLetters: Message<T>[] = [];
  readonly #idle: { environment: Environment; handle: Handler<T> }[] = [];
  #running = 0;
  #started = 0;
  #isPumping = false;

  constructor(machine: Machine, source: Source<T>) {
    this.#machine = machine;
    this.#source = source;
  }

  send(body: T, delayMs = 0): void {
    const { chance } = this.#machine;
    this.#put(body, delayMs);
    if (!chance.happens("a message comes twice")) return;
    this.#source.copied?.(body);
    this.#put(body, delayMs + chance.pick([0, 5, 500, 20_000, 90_000, 600_000]));
  }

  /** Sends all dead letters again, as an operator does: they look new. */
  redrive(): void {
    const letters = this.#deadLetters;
    this.#deadLetters = [];
    for (const { body } of letters) this.#put(body, 0);
  }

  #put(body: T, delayMs: number): void {
    const { chance, time } = this.#machine;
    let wait = delayMs + chance.between(1, 30);
    if (chance.happens("messages overtake each other")) wait += chance.between(1, 5_000);
    if (chance.happens("a message is late")) wait += chance.between(1_000, 600_000);
    const message = { body, receives: 0, visibleAt: 0, isAcknowledged: false };
    time.after(wait, () => this.#show(message));
  }

  #show(message: Message<T>): void {
    if (message.isAcknowledged || this.#ready.includes(message)) return;
    if (message.receives >= LIMITS.maxReceives) {
      if (!this.#deadLetters.includes(message)) this.#deadLetters.push(message);
      this.#machine.trace(`${this.#source.name}: a message is dead`);
      return;
    }
    this.#ready.push(message);
    this.#pump();
  }

  #pump(): void {
    if (this.#isPumping || this.#ready.length === 0 || this.#running >= this.#source.environmentsMax) return;
    this.#isPumping = true;
    this.#machine.time.after(this.#machine.chance.between(0, 20), () => {
      this.#isPumping = false;
      this.#invoke();
      this.#pump();
    });
  }

  #invoke(): void {
    const { chance, time, trace } = this.#machine;
    if (this.#ready.length === 0 || this.#running >= this.#source.environmentsMax) return;
    const messages = this.#ready.splice(0, chance.between(1, this.#source.batchMax));
    // What an invocation left running may have been its environment's death since.
    const alive = this.#idle.splice(0).filter(({ environment: idle }) => !idle.isDead);
    const { environment, handle } = alive.pop() ?? this.#startEnvironment();
    this.#idle.push(...alive);
    this.#running++;
    for (const message of messages) this.#hide(message);

    let isOver = false;
    const end = () => {
      if (isOver) return;
      isOver = true;
      this.#running--;
      if (!environment.isDead) this.#idle.push({ environment, handle });
      this.#pump();
    };
    environment.begin(`${environment.name}/${time.now % 100_000_000}`, end);
    trace(`${environment.invocation.name} begins, ${messages.length} messages`);
    const { invocation } = environment;
    time.after(FUNCTION_MS, () => {
      if (environment.invocation === invocation && !isOver) environment.kill("at the function's timeout");
    });
    const acknowledge = (message: Message<T>) => {
      if (message.isAcknowledged || chance.happens("an acknowledgement is lost")) return;
      message.isAcknowledged = true;
      this.#source.acknowledged?.(message.body);
    };
    if (this.#source.isAcknowledgedFirst) messages.forEach(acknowledge);
    handle(messages, time.now + environment.skewMs + FUNCTION_MS)
      .catch((error: unknown) => {
        trace(`${invocation.name} FAILS ${error instanceof Error ? error.message : String(error)}`);
        return messages.map(() => false);
      })
      .then((settled) => {
        settled.forEach((isSettled, i) => {
          const message = messages[i];
          if (isSettled && message !== undefined) acknowledge(message);
          if (!isSettled) invocation.hasErred = true;
        });
        end();
      })
      .catch((error: unknown) => trace(`queue: ${String(error)}`));
  }

  #startEnvironment() {
    const environment = new Environment(this.#machine, `${this.#source.name}${++this.#started}`);
    return { environment, handle: this.#source.start(environment) };
  }

  #hide(message: Message<T>): void {
    const { chance, time } = this.#machine;
    message.receives++;
    let hiddenMs = VISIBILITY_MS;
    if (chance.happens("a message is visible too early")) {
      this.#source.copied?.(message.body);
      hiddenMs = chance.between(0, 90_000);
    }
    message.visibleAt = time.now + hiddenMs;
    const { visibleAt } = message;
    time.at(visibleAt, () => {
      if (message.visibleAt === visibleAt) this.#show(message);
    });
  }
}
