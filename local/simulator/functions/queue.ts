import type { DeadLetter, DeadLetters } from "../../../lambdas/ports/dead-letters.ts";
import { LIMITS } from "../../../lambdas/shared/limits.ts";
import { Environment, type Machine } from "../function.ts";

export interface Message<T> {
  readonly body: T;
  readonly number: number;
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
  readonly visibilityMs: number;
  readonly receivesMax: number;
  /** How long a failed message stays hidden. Absent: the rest of its visibility timeout. */
  readonly hiddenMs?: (receives: number) => number;
  /** Called in each new environment. @returns its handler */
  readonly start: (environment: Environment) => Handler<T>;
  readonly onAcknowledged?: (body: T) => void;
  readonly onDuplicated?: (body: T) => void;
  /** Mutant: messages are deleted when they are received. */
  readonly acknowledgesFirst?: boolean;
}

const RECEIVED_MAX = 10; // SQS
const DEAD_LETTER_HIDDEN_MS = 30_000;
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
  #sent = 0;
  /** Messages that were received and are hidden. */
  readonly #hidden = new Set<Message<T>>();
  #isPumping = false;
  /** Messages that have gone to the dead-letter queue. */
  deadLettered = 0;

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

  /** The dead-letter queue, as a function in `environment` uses it. */
  deadLettersFor(environment: Environment): DeadLetters {
    const { name } = this.#source;
    const find = ({ receipt }: DeadLetter) => this.#deadLetters.findIndex(({ number }) => String(number) === receipt);
    const remove = (letters: readonly DeadLetter[]) =>
      environment.call(`delete ${letters.length} dead letters of ${name}`, async () => {
        for (const letter of letters) if (find(letter) >= 0) this.#deadLetters.splice(find(letter), 1);
      });
    return {
      queued: () => environment.call(`count ${name}`, async () => this.#ready.length + this.#hidden.size),
      receive: async () => {
        if (this.#deadLetters.length === 0) return [];
        const { now } = this.#machine.time;
        const received = this.#deadLetters.filter(({ visibleAt }) => visibleAt <= now).slice(0, RECEIVED_MAX);
        for (const message of received) message.visibleAt = now + DEAD_LETTER_HIDDEN_MS;
        return received.map(({ number }) => ({ body: "", receipt: String(number), isDecodable: true }));
      },
      sendAgain: async (letters) => {
        await environment.call(`send ${letters.length} dead letters of ${name} again`, async () => {
          for (const letter of letters) {
            const message = this.#deadLetters[find(letter)];
            if (message !== undefined) this.#put(message.body, 0);
          }
        });
        await remove(letters);
        return letters.length;
      },
      delete: remove,
    };
  }

  #put(body: T, delayMs: number): void {
    const { random, time } = this.#machine;
    let wait = delayMs + random.between(1, 30);
    if (random.happens("messages arrive out of order")) wait += random.between(1, 5_000);
    if (random.happens("a message is delayed")) wait += random.between(1_000, 600_000);
    const message = { body, number: ++this.#sent, receives: 0, visibleAt: 0, isAcknowledged: false };
    time.after(wait, () => this.#show(message));
  }

  #show(message: Message<T>): void {
    if (message.isAcknowledged || this.#ready.includes(message)) return;
    if (message.receives >= this.#source.receivesMax) {
      if (this.#deadLetters.includes(message)) return;
      this.#deadLetters.push(message);
      this.deadLettered++;
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
      this.#hidden.delete(message);
      this.#source.onAcknowledged?.(message.body);
    };
    if (this.#source.acknowledgesFirst) messages.forEach(acknowledge);
    const results = this.#machine.isRefused(environment.name, "start")
      ? Promise.reject(new Error("the function cannot start"))
      : handle(messages, time.now + environment.skewMs + FUNCTION_MS);
    results
      .catch((error: unknown) => {
        trace(`${invocation.name} FAILS ${error instanceof Error ? error.message : String(error)}`);
        return messages.map(() => false);
      })
      .then((processed) => {
        processed.forEach((isProcessed, i) => {
          const message = messages[i];
          if (!isProcessed) invocation.hasFailed = true;
          if (message === undefined) return;
          if (isProcessed) acknowledge(message);
          else this.#showSooner(message);
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
    const { random } = this.#machine;
    message.receives++;
    let hiddenMs = this.#source.visibilityMs;
    if (random.happens("a message is visible too early")) {
      this.#source.onDuplicated?.(message.body);
      hiddenMs = random.between(0, 90_000);
    }
    this.#showIn(message, hiddenMs);
  }

  #showSooner(message: Message<T>): void {
    const hiddenMs = this.#source.hiddenMs?.(message.receives);
    if (hiddenMs !== undefined) this.#showIn(message, hiddenMs);
  }

  #showIn(message: Message<T>, hiddenMs: number): void {
    const { time } = this.#machine;
    const visibleAt = time.now + hiddenMs;
    message.visibleAt = visibleAt;
    this.#hidden.add(message);
    time.at(visibleAt, () => {
      if (message.visibleAt !== visibleAt) return;
      this.#hidden.delete(message);
      this.#show(message);
    });
  }
}
