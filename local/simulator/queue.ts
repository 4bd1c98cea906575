import { LIMITS } from "../../lambdas/shared/limits.ts";
import { Environment, type Machine } from "./function.ts";

export interface Message<T> {
  readonly body: T;
  receives: number;
  /** When it becomes visible again, unless it is acknowledged before. */
  visibleAt: number;
  isAcknowledged: boolean;
}

/** A function as its event source calls it. @returns for each message, whether it was processed */
export type Handler<T> = (messages: readonly Message<T>[], deadlineAt: number) => Promise<boolean[]>;

interface Source<T> {
  readonly name: string;
  readonly batchMax: number;
  readonly environmentsMax: number;
  /** Called in each new environment. @returns its handler */
  readonly start: (environment: Environment) => Handler<T>;
  readonly onAcknowledged?: (body: T) => void;
  readonly onDuplicated?: (body: T) => void;
  /** Mutant: messages are deleted when they are received. */
  readonly acknowledgesFirst?: boolean;
}

const VISIBILITY_MS = LIMITS.visibilitySeconds * 1000;
const FUNCTION_MS = LIMITS.functionSeconds * 1000;

/** A queue with at-least-once delivery, the function it invokes, and its dead-letter queue. */
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
    const { random } = this.#machine;
    this.#put(body, delayMs);
    if (!random.happens("a message is delivered twice")) return;
    this.#source.onDuplicated?.(body);
    this.#put(body, delayMs + random.pick([0, 5, 500, 20_000, 90_000, 600_000]));
  }

  /** Moves all dead letters back, as an operator does. Their receive count starts again. */
  redrive(): void {
    const messages = this.#deadLetters;
    this.#deadLetters = [];
    for (const { body } of messages) this.#put(body, 0);
  }

  #put(body: T, delayMs: number): void {
    const { random, time } = this.#machine;
    let wait = delayMs + random.between(1, 30);
    if (random.happens("messages arrive out of order")) wait += random.between(1, 5_000);
    if (random.happens("a message is delayed")) wait += random.between(1_000, 600_000);
    const message = { body, receives: 0, visibleAt: 0, isAcknowledged: false };
    time.after(wait, () => this.#show(message));
  }

  #show(message: Message<T>): void {
    if (message.isAcknowledged || this.#ready.includes(message)) return;
    if (message.receives >= LIMITS.maxReceives) {
      if (!this.#deadLetters.includes(message)) this.#deadLetters.push(message);
      this.#machine.trace(`${this.#source.name}: a message goes to the dead-letter queue`);
      return;
    }
    this.#ready.push(message);
    this.#pump();
  }

  #pump(): void {
    if (this.#isPumping || this.#ready.length === 0 || this.#running >= this.#source.environmentsMax) return;
    this.#isPumping = true;
    this.#machine.time.after(this.#machine.random.between(0, 20), () => {
      this.#isPumping = false;
      this.#invoke();
      this.#pump();
    });
  }

  #invoke(): void {
    const { random, time, trace } = this.#machine;
    if (this.#ready.length === 0 || this.#running >= this.#source.environmentsMax) return;
    const messages = this.#ready.splice(0, random.between(1, this.#source.batchMax));
    // Work that an invocation left running may have crashed its environment since.
    const running = this.#idle.splice(0).filter(({ environment: idle }) => !idle.isKilled);
    const { environment, handle } = running.pop() ?? this.#startEnvironment();
    this.#idle.push(...running);
    this.#running++;
    for (const message of messages) this.#hide(message);

    let isOver = false;
    const end = () => {
      if (isOver) return;
      isOver = true;
      this.#running--;
      if (!environment.isKilled) this.#idle.push({ environment, handle });
      this.#pump();
    };
    environment.begin(`${environment.name}/${time.now % 100_000_000}`, end);
    trace(`${environment.invocation.name} begins, ${messages.length} messages`);
    const { invocation } = environment;
    time.after(FUNCTION_MS, () => {
      if (environment.invocation === invocation && !isOver) environment.kill("at the function's timeout");
    });
    const acknowledge = (message: Message<T>) => {
      if (message.isAcknowledged || random.happens("an acknowledgement is lost")) return;
      message.isAcknowledged = true;
      this.#source.onAcknowledged?.(message.body);
    };
    if (this.#source.acknowledgesFirst) messages.forEach(acknowledge);
    handle(messages, time.now + environment.skewMs + FUNCTION_MS)
      .catch((error: unknown) => {
        trace(`${invocation.name} FAILS ${error instanceof Error ? error.message : String(error)}`);
        return messages.map(() => false);
      })
      .then((results) => {
        results.forEach((isProcessed, i) => {
          const message = messages[i];
          if (isProcessed && message !== undefined) acknowledge(message);
          if (!isProcessed) invocation.hasFailed = true;
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
    const { random, time } = this.#machine;
    message.receives++;
    let hiddenMs = VISIBILITY_MS;
    if (random.happens("a message is visible too early")) {
      this.#source.onDuplicated?.(message.body);
      hiddenMs = random.between(0, 90_000);
    }
    message.visibleAt = time.now + hiddenMs;
    const { visibleAt } = message;
    time.at(visibleAt, () => {
      if (message.visibleAt === visibleAt) this.#show(message);
    });
  }
}
