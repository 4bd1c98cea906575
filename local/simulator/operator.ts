import { changeEndpoint } from "../../lambdas/endpoints/change-endpoint.ts";
import { deleteEndpoint } from "../../lambdas/endpoints/delete-endpoint.ts";
import { pauseEndpoint, resumeEndpoint } from "../../lambdas/endpoints/pause-resume.ts";
import { resendEvent } from "../../lambdas/events/resend-event.ts";
import { createRecovery } from "../../lambdas/recoveries/create-recovery.ts";
import { cancelRecovery } from "../../lambdas/recoveries/find-recovery.ts";
import type { RecoveryRequest } from "../../lambdas/recoveries/model/recovery.ts";
import { Environment } from "./function.ts";
import type { Plan } from "./plan.ts";
import { type Simulation, type World, worldFor } from "./world.ts";

const RETRY_MS = 200_000; // longer than the checker waits: what a failed request left behind must be valid without the next try

/** What operators recover. */
const RECOVERED: readonly RecoveryRequest["statuses"][] = [
  ["exhausted", "cancelled"],
  ["exhausted", "cancelled"],
  ["exhausted", "cancelled", "pending"],
  ["unsent"],
  ["delivered"],
];

/** Operators who call the API. Their requests may crash halfway. */
export class Operators {
  readonly #simulation: Simulation;
  readonly #plan: Plan;

  constructor(simulation: Simulation, plan: Plan) {
    this.#simulation = simulation;
    this.#plan = plan;
  }

  /** Schedules all their requests until the faults end. */
  plan(): void {
    const { random, time } = this.#simulation.machine;
    const lengthMs = this.#plan.faultsEndAt - time.now;
    for (const { endpoint, receiver } of this.#plan.endpoints) {
      const { id, account } = endpoint;
      const randomTime = () => time.now + random.between(1, lengthMs - 1);
      if (random.happens("operators pause")) {
        for (let left = random.between(1, 3); left > 0; left--) {
          const at = randomTime();
          const until = random.next() < 0.5 ? at + random.between(1_000, 3_600_000) : undefined;
          time.at(at, () => this.#act("pause", (world) => pauseEndpoint(world, account, id, until)));
          const resumeAt = at + random.between(100, 1_200_000);
          const since = { since: resumeAt - random.between(1, 600_000) };
          const backlog = random.pick(["deliver", "deliver", "deliver", "skip", since] as const);
          if (random.next() < 0.7)
            time.at(resumeAt, () => this.#act("resume", (world) => resumeEndpoint(world, account, id, backlog)));
        }
      }
      if (random.happens("operators change the URL")) {
        const url = `${endpoint.url}/moved`;
        this.#simulation.receivers.listen(url, receiver);
        time.at(randomTime(), () =>
          this.#act("move", (world) => changeEndpoint(world, account, id, (present) => ({ ...present, url }))),
        );
      }
      if (random.happens("operators resend")) {
        for (let left = random.between(1, 5); left > 0; left--)
          time.at(randomTime(), () => this.#resend(account, random.next() < 0.5 ? [id] : undefined));
      }
      if (random.happens("operators delete"))
        time.at(randomTime(), () => this.#act("delete", (world) => deleteEndpoint(world, account, id)));
    }
  }

  /** Pauses, resumes or deletes an endpoint at once. */
  disturb(account: string, id: string, action: "pause" | "resume" | "delete"): void {
    const { random, time } = this.#simulation.machine;
    const until = time.now + random.between(1_000, 30_000);
    if (action === "pause") this.#act(action, (world) => pauseEndpoint(world, account, id, until));
    else if (action === "resume") this.#act(action, (world) => resumeEndpoint(world, account, id));
    else this.#act(action, (world) => deleteEndpoint(world, account, id));
  }

  /** Schedules recoveries until the faults end. Some are cancelled, and some are requested by two operators. */
  planRecoveries(): void {
    const { random, time } = this.#simulation.machine;
    const lengthMs = this.#plan.faultsEndAt - time.now;
    for (let left = random.between(2, 5); left > 0; left--) {
      const { id, account } = random.pick(this.#plan.endpoints).endpoint;
      const statuses = random.pick(RECOVERED);
      const isOfEndpoint = statuses.includes("unsent") || random.next() < 0.5;
      const request: RecoveryRequest = { statuses, ...(isOfEndpoint && { endpoint: id }) };
      const at = time.now + random.between(1, lengthMs - 1);
      time.at(at, () => this.#recover(account, request));
      if (random.next() < 0.3) time.at(at + random.between(0, 60_000), () => this.#recover(account, request));
      if (random.next() < 0.4) time.at(at + random.between(100, 120_000), () => this.#cancelRecoveries(account));
    }
  }

  /** Recovers everything that has failed, after the last fault. */
  recoverAll(): void {
    for (const account of new Set(this.#plan.endpoints.map(({ endpoint }) => endpoint.account)))
      this.#recover(account, { statuses: ["exhausted", "cancelled"] });
  }

  #recover(account: string, request: RecoveryRequest): void {
    this.#act("recover", (world) => createRecovery(world, account, request));
  }

  #cancelRecoveries(account: string): void {
    this.#act("cancel", async (world) => {
      for (const { id } of await world.recoveries.running(account)) await cancelRecovery(world, account, id);
    });
  }

  #resend(account: string, endpoints: readonly string[] | undefined): void {
    const { checker, machine } = this.#simulation;
    const events = checker.observed.eventsOf(account);
    if (events.length === 0) return;
    const { id } = machine.random.pick(events);
    this.#act("resend", (world) => resendEvent(world, account, id, endpoints));
  }

  /** Resumes all suspended and paused endpoints, after the last fault. */
  resumeAll(): void {
    for (const { id, account } of this.#simulation.checker.observed.endpoints.values()) {
      const status = this.#simulation.checker.observed.states.get(id)?.status;
      if (status === "suspended" || status === "paused")
        this.#act("resume", (world) => resumeEndpoint(world, account, id));
    }
  }

  #act(action: string, act: (world: World) => Promise<unknown>, tries = 0): void {
    const { machine } = this.#simulation;
    const environment = new Environment(machine, "operator");
    environment.begin(`operator/${action}/${machine.time.now % 100_000_000}`, () => undefined);
    act(worldFor(this.#simulation, environment)).catch((error: unknown) => {
      machine.trace(`operator ${action}: ${String(error)}`);
      if (tries < 2) machine.time.after(RETRY_MS, () => this.#act(action, act, tries + 1));
    });
  }
}
