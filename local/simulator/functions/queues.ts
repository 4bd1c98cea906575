import { dispatcher } from "../../../lambdas/delivery/dispatch-events.ts";
import type { Wake } from "../../../lambdas/ports/endpoints.ts";
import type { EventMessage } from "../../../lambdas/ports/events.ts";
import { retryRoundRunner } from "../../../lambdas/retry/run-retry-round.ts";
import { hiddenSecondsOfEvents } from "../../../lambdas/runtime/sqs-handler.ts";
import { LIMITS } from "../../../lambdas/shared/limits.ts";
import type { Checker } from "../checks/checker.ts";
import type { Machine } from "../function.ts";
import type { Mutant } from "../mutants.ts";
import { type Simulation, worldFor } from "../world.ts";
import { SimulatedQueue } from "./queue.ts";

interface Options {
  readonly machine: Machine;
  readonly checker: Checker;
  readonly mutant: Mutant | undefined;
  /** Read when a function starts. */
  readonly simulation: () => Simulation;
  /** Receives of a message of events before it goes to the dead-letter queue. */
  readonly receivesMax?: number;
}

/** The queues, with the functions that they invoke. */
export interface Queues {
  readonly events: SimulatedQueue<EventMessage>;
  readonly wakeUps: SimulatedQueue<Wake>;
}

const SECOND_MS = 1_000;

export function queuesOf({ machine, checker, mutant, simulation, receivesMax = LIMITS.maxReceives }: Options): Queues {
  return {
    wakeUps: new SimulatedQueue(machine, {
      name: "wake",
      batchMax: 1,
      environmentsMax: 4,
      visibilityMs: LIMITS.wakeVisibilitySeconds * SECOND_MS,
      receivesMax: LIMITS.wakeReceives,
      start: (environment) => {
        const run = retryRoundRunner(worldFor(simulation(), environment));
        return async ([message], deadlineAt) => {
          if (message !== undefined) await run(message.body, deadlineAt);
          return [true];
        };
      },
    }),
    events: new SimulatedQueue(machine, {
      name: "dispatch",
      batchMax: 10,
      environmentsMax: 3,
      visibilityMs: LIMITS.visibilitySeconds * SECOND_MS,
      hiddenMs: (receives) => hiddenSecondsOfEvents(receives) * SECOND_MS,
      receivesMax,
      start: (environment) => {
        const dispatch = dispatcher(worldFor(simulation(), environment));
        return (messages, deadlineAt) =>
          dispatch(
            messages.map(({ body, receives }) => ({ content: body, receives })),
            deadlineAt,
          );
      },
      onAcknowledged: (message) => checker.acknowledged(message),
      onDuplicated: (message) => checker.duplicated(message.events),
      ...(mutant?.acknowledgesFirst && { acknowledgesFirst: true }),
    }),
  };
}
