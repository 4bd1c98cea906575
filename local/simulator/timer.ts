import type { Timer, Wake } from "../../lambdas/ports/endpoints.ts";
import type { Environment, Machine } from "./function.ts";

const SCHEDULER_FROM_MS = 10_000; // shorter waits are queue delays, which cannot be cancelled

/** EventBridge Scheduler: at most one schedule per name. A schedule is deleted when it fires. */
export class SimulatedScheduler {
  readonly #machine: Machine;
  readonly #send: (wake: Wake, delayMs: number) => void;
  readonly #schedules = new Map<string, { isDeleted: boolean }>();
  readonly #live = new Map<string, number>();
  /** The most schedules that an endpoint had at the same time. */
  most = 0;

  constructor(machine: Machine, send: (wake: Wake, delayMs: number) => void) {
    this.#machine = machine;
    this.#send = send;
  }

  /** The port, as one environment sees it. */
  timerFor(environment: Environment): Timer {
    return {
      set: async (wake, replaces) => {
        const { time } = this.#machine;
        if (replaces !== undefined && replaces !== wake.wakeAt) {
          const old = `${wake.endpoint}-${replaces}`;
          await environment.call(`delete schedule ${old}`, async () => this.#delete(old, wake.endpoint), "scheduler");
        }
        await environment.call(
          `set wake-up of ${wake.endpoint} in ${(wake.wakeAt - time.now) / 1000} s`,
          async () => {
            const waitMs = wake.wakeAt - time.now - environment.skewMs;
            if (waitMs < SCHEDULER_FROM_MS) this.#send(wake, Math.max(0, waitMs));
            else this.#create(wake);
          },
          "scheduler",
        );
      },
    };
  }

  #create(wake: Wake): void {
    const name = `${wake.endpoint}-${wake.wakeAt}`;
    if (this.#schedules.has(name)) return; // a conflict: the schedule exists
    const { random, time, trace } = this.#machine;
    const schedule = { isDeleted: false };
    this.#schedules.set(name, schedule);
    this.#count(wake.endpoint, 1);
    let at = wake.wakeAt;
    if (random.happens("a schedule fires late")) at += random.between(0, 60_000);
    if (random.happens("a schedule fires very late")) at += random.between(60_000, 3_600_000);
    if (random.happens("a schedule fires early")) at -= random.between(1, 20_000);
    const isLost = random.happens("a schedule never fires");
    const fire = () => {
      if (this.#schedules.get(name) === schedule) {
        this.#schedules.delete(name);
        this.#count(wake.endpoint, -1);
      } else if (!random.happens("a deleted schedule fires")) return;
      if (isLost) return trace(`schedule ${name} is lost`);
      this.#send(wake, 0);
      if (random.happens("a schedule fires twice")) this.#send(wake, random.pick([0, 10, 1_000, 30_000]));
    };
    time.at(at, fire);
  }

  #delete(name: string, endpoint: string): void {
    if (this.#schedules.delete(name)) this.#count(endpoint, -1);
  }

  #count(endpoint: string, change: 1 | -1): void {
    const live = (this.#live.get(endpoint) ?? 0) + change;
    this.#live.set(endpoint, live);
    this.most = Math.max(this.most, live);
  }
}
