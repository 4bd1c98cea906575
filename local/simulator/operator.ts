import { changeEndpoint } from "../../lambdas/endpoints/change-endpoint.ts";
import { deleteEndpoint } from "../../lambdas/endpoints/delete-endpoint.ts";
import { pauseEndpoint, resumeEndpoint } from "../../lambdas/endpoints/pause-resume.ts";
import { resendEvent } from "../../lambdas/events/resend-event.ts";
import { Environment } from "./function.ts";
import type { Plan } from "./plan.ts";
import { type Universe, type World, worldFor } from "./world.ts";

const RETRY_MS = 200_000; // later than the checker's patience: what a request left behind must stand by itself

/** People at the API: what they ask for may crash halfway, and then nobody hears of it. */
export class Operators {
  readonly #universe: Universe;
  readonly #plan: Plan;

  constructor(universe: Universe, plan: Plan) {
    this.#universe = universe;
    this.#plan = plan;
  }

  /** Decides now what they will do until the faults end. */
  plan(): void {
    const { chance, time } = this.#universe.machine;
    const lengthMs = this.#plan.faultsEndAt - time.now;
    for (const { endpoint, receiver } of this.#plan.endpoints) {
      const { id, account } = endpoint;
      const sometime = () => time.now + chance.between(1, lengthMs - 1);
      if (chance.happens("operators pause")) {
        for (let left = chance.between(1, 3); left > 0; left--) {
          const at = sometime();
          const until = chance.random() < 0.5 ? at + chance.between(1_000, 3_600_000) : undefined;
          time.at(at, () => this.#act("pause", (world) => pauseEndpoint(world, account, id, until)));
          const resumeAt = at + chance.between(100, 1_200_000);
          const since = { since: resumeAt - chance.between(1, 600_000) };
          const backlog = chance.pick(["deliver", "deliver", "deliver", "skip", since] as const);
          if (chance.random() < 0.7)
            time.at(resumeAt, () => this.#act("resume", (world) => resumeEndpoint(world, account, id, backlog)));
        }
      }
      if (chance.happens("operators move")) {
        const url = `${endpoint.url}/moved`;
        this.#universe.receivers.listen(url, receiver);
        time.at(sometime(), () =>
          this.#act("move", (world) => changeEndpoint(world, account, id, (present) => ({ ...present, url }))),
        );
      }
      if (chance.happens("operators resend")) {
        for (let left = chance.between(1, 5); left > 0; left--)
          time.at(sometime(), () => this.#resend(account, chance.random() < 0.5 ? [id] : undefined));
      }
      if (chance.happens("operators delete"))
        time.at(sometime(), () => this.#act("delete", (world) => deleteEndpoint(world, account, id)));
    }
  }

  #resend(account: string, endpoints: readonly string[] | undefined): void {
    const { checker, machine } = this.#universe;
    const events = checker.seen.eventsOf(account);
    if (events.length === 0) return;
    const { id } = machine.chance.pick(events);
    this.#act("resend", (world) => resendEvent(world, account, id, endpoints));
  }

  /** Resumes whatever is held, now that all is well. */
  resumeAll(): void {
    for (const { id, account } of this.#universe.checker.seen.endpoints.values()) {
      const status = this.#universe.checker.seen.states.get(id)?.status;
      if (status === "suspended" || status === "paused")
        this.#act("resume", (world) => resumeEndpoint(world, account, id));
    }
  }

  #act(what: string, act: (world: World) => Promise<unknown>, tries = 0): void {
    const { machine } = this.#universe;
    const environment = new Environment(machine, "operator");
    environment.begin(`operator/${what}/${machine.time.now % 100_000_000}`, () => undefined);
    act(worldFor(this.#universe, environment)).catch((error: unknown) => {
      machine.trace(`operator ${what}: ${String(error)}`);
      if (tries < 2) machine.time.after(RETRY_MS, () => this.#act(what, act, tries + 1));
    });
  }
}
