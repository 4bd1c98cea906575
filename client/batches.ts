import { RappelError } from "./errors.ts";

/** An event to send. */
export interface NewEvent {
  /** Such as `order.paid`. */
  readonly type: string;
  /** Any JSON value. A number that JavaScript cannot hold exactly, or a text that is JSON already: `json` instead. */
  readonly data?: unknown;
  /** The payload as JSON text. Its bytes are delivered as they are. */
  readonly json?: string;
  /** Your own id of it, 1 to 255 printable ASCII characters: a second event with the same one is not delivered. */
  readonly eventId?: string;
  /** When it happened. Default: when it is accepted. */
  readonly timestamp?: Date | string;
  /** With an operator's key: whose event it is. */
  readonly account?: string;
}

/** An event that was accepted: SQS has stored it. */
export interface Accepted {
  readonly id: string;
}

/** How events are batched. */
export interface BatchOptions {
  /** Events of one request, 1 to 500. Default 100. */
  readonly maxEvents?: number;
  /** How long an event waits for others, in milliseconds. Default 10. */
  readonly maxWaitMs?: number;
  /** Requests at the same time. Default 4. */
  readonly maxInFlight?: number;
  /** Events that wait, at most, such as while the API does not respond; another one is refused. Default 10,000. */
  readonly maxWaiting?: number;
}

const REQUEST_EVENTS = 500; // of the API
const REQUEST_BYTES = 1_000_000; // of the API: 1 MiB, with what stands between the events
const utf8 = new TextEncoder();

interface Waiting {
  readonly text: string;
  readonly bytes: number;
  readonly resolve: (accepted: Accepted) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Collects events into requests, by count, size and time. Each event has its own promise: one that the API refuses does not
 * refuse the others of its request.
 */
export class Batches {
  readonly #send: (json: string) => Promise<readonly Accepted[]>;
  readonly #maxEvents: number;
  readonly #maxWaitMs: number;
  readonly #maxInFlight: number;
  readonly #maxWaiting: number;
  readonly #waiting: Waiting[] = [];
  #waitingBytes = 0;
  readonly #inFlight = new Set<Promise<void>>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether what waits is sent now, although it fills no request. */
  #isDue = false;

  /** @param send sends a JSON array of events. It repeats a request that may succeed later. */
  constructor(
    send: (json: string) => Promise<readonly Accepted[]>,
    { maxEvents = 100, maxWaitMs = 10, maxInFlight = 4, maxWaiting = 10_000 }: BatchOptions = {},
  ) {
    this.#send = send;
    this.#maxEvents = within("maxEvents", maxEvents, 1, REQUEST_EVENTS);
    this.#maxWaitMs = within("maxWaitMs", maxWaitMs, 0, 60_000);
    this.#maxInFlight = within("maxInFlight", maxInFlight, 1, 100);
    this.#maxWaiting = within("maxWaiting", maxWaiting, 1, 1_000_000);
  }

  /** @throws {TypeError} for an event that is no JSON @throws {RappelError} `TOO_MANY_WAITING` */
  async add(event: NewEvent): Promise<Accepted> {
    const text = textOf(event);
    if (this.#waiting.length >= this.#maxWaiting) throw tooMany(this.#maxWaiting);
    const bytes = utf8.encode(text).length + 1;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ text, bytes, resolve, reject });
      this.#waitingBytes += bytes;
      this.#pump();
    });
  }

  /** Sends what waits now, and waits until it is answered. Errors go to the events' own promises. */
  async flush(): Promise<void> {
    const last = this.#waiting.at(-1);
    const sent = [...this.#inFlight];
    while (last !== undefined && this.#waiting.includes(last)) {
      this.#isDue = true;
      this.#pump();
      if (this.#waiting.includes(last)) await Promise.race(this.#inFlight);
    }
    await Promise.all([...sent, ...this.#inFlight]);
  }

  #pump(): void {
    while (this.#inFlight.size < this.#maxInFlight && (this.#isDue || this.#isFull())) {
      const batch = this.#take();
      if (batch.length === 0) break;
      const sent = this.#deliver(batch).then(() => {
        this.#inFlight.delete(sent);
        this.#pump();
      });
      this.#inFlight.add(sent);
    }
    if (this.#waiting.length === 0) {
      this.#isDue = false;
      clearTimeout(this.#timer);
      this.#timer = undefined;
      return;
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#isDue = true;
      this.#pump();
    }, this.#maxWaitMs);
  }

  #isFull(): boolean {
    return this.#waiting.length >= this.#maxEvents || this.#waitingBytes >= REQUEST_BYTES;
  }

  #take(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const each of this.#waiting) {
      if (count > 0 && (bytes + each.bytes > REQUEST_BYTES || count === this.#maxEvents)) break;
      bytes += each.bytes;
      count++;
    }
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, count);
  }

  /** Never rejects. */
  async #deliver(batch: readonly Waiting[]): Promise<void> {
    if (batch.length === 0) return;
    try {
      const accepted = await this.#send(`[${batch.map(({ text }) => text).join(",")}]`);
      for (const [n, { resolve, reject }] of batch.entries()) {
        const found = accepted[n];
        if (found === undefined) reject(tooShort());
        else resolve(found);
      }
    } catch (error) {
      if (error instanceof RappelError) await this.#withoutRefused(batch, error);
      else for (const { reject } of batch) reject(error);
    }
  }

  /** The API refuses a whole request for one wrong event, and accepts none of it: the others are sent without it. */
  async #withoutRefused(batch: readonly Waiting[], error: RappelError): Promise<void> {
    const refused = refusedPlaces(error, batch.length);
    if (refused.size > 0) {
      for (const [n, { reject }] of batch.entries()) if (refused.has(n)) reject(ownError(error, n));
      await this.#deliver(batch.filter((_, n) => !refused.has(n)));
    } else if (ABOUT_ONE.test(error.code) && batch.length > 1) {
      const half = Math.ceil(batch.length / 2);
      await this.#deliver(batch.slice(0, half));
      await this.#deliver(batch.slice(half));
    } else for (const { reject } of batch) reject(error);
  }
}

/** Errors about one event of a request, which do not say which. */
const ABOUT_ONE = /^(ACCOUNT_|EVENT_ID_|JSON_|PAYLOAD_|REQUEST_TOO_)/;

const tooMany = (most: number) =>
  new RappelError({ status: 0, code: "TOO_MANY_WAITING", detail: `${most} events wait` });
const tooShort = () => new RappelError({ status: 0, code: "UNKNOWN", detail: "The response is too short" });

/** The places of the events that an error is about. */
function refusedPlaces({ fields }: RappelError, count: number): Set<number> {
  const places = fields.map(({ pointer }) => Number(/^\/(\d+)(?:\/|$)/.exec(pointer)?.[1]));
  return new Set(places.filter((place) => place < count)); // not a number: about no event
}

/** An error as if its event had been sent alone. */
function ownError({ status, code, message, fields }: RappelError, place: number): RappelError {
  const own = fields.filter(({ pointer }) => pointer === `/${place}` || pointer.startsWith(`/${place}/`));
  return new RappelError({
    status,
    code,
    detail: message,
    fields: own.map((field) => ({ ...field, pointer: field.pointer.slice(`/${place}`.length) })),
  });
}

function textOf({ data, json, timestamp, ...fields }: NewEvent): string {
  if (typeof fields.type !== "string") throw new TypeError("An event needs a `type`");
  if ((data === undefined) === (json === undefined)) throw new TypeError("An event needs either `data` or `json`");
  if (json !== undefined) JSON.parse(json); // wrong JSON would make the whole request wrong
  const payload = json ?? JSON.stringify(data);
  if (payload === undefined) throw new TypeError("An event's `data` must be a JSON value");
  const given = { ...fields, ...(timestamp !== undefined && { timestamp: new Date(timestamp).toISOString() }) };
  return `${JSON.stringify(given).slice(0, -1)},"data":${payload}}`;
}

function within(name: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new RangeError(`batch.${name} is ${value}: need a whole number from ${min} to ${max}`);
}
