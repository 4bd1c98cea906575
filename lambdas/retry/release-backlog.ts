import type { DeliveryPorts } from "../delivery/delivery-ports.ts";
import { nextTransition } from "../endpoints/model/endpoint-policy.ts";
import { isSendable } from "../endpoints/model/endpoint-state.ts";
import { stagesOf } from "../endpoints/model/preset.ts";
import type { Encoding } from "../payload/formats.ts";
import { LIMITS } from "../shared/limits.ts";
import type { Group } from "./model/batching.ts";
import { Gathering } from "./model/batching.ts";
import { waitsIn } from "./model/retry-schedule.ts";
import { PacedSender } from "./paced-sender.ts";
import { type BacklogPart, readBacklog, type Waiting } from "./read-backlog.ts";
import { carryOut, hasTime, ownerOf, type Round, rulesOf } from "./retry-round.ts";

const PAGE_MIN = 50; // ours
const PAGE_MAX = 250; // ours: also where nothing was due, for then most of what follows is not either

/**
 * Tries all that is due of an active endpoint's backlog, oldest first, in groups where it asks for them, at its release
 * rate, until it fails five times in a row, somebody changes its status, or the time is up.
 * @returns when the earliest of what waits is due; `undefined` when nothing waits
 */
export async function releaseBacklog(world: DeliveryPorts, round: Round): Promise<number | undefined> {
  const { clock } = world;
  if (!isSendable(round.state, clock.now())) return round.state.notBefore;
  // A function may have counted the fifth failure and crashed before it wrote "failing".
  const observed = { by: "traffic", retryAfterMs: 0 } as const;
  const transition = nextTransition(round.state, observed, rulesOf(world, round), clock.now());
  if (transition.to === "failing") {
    await carryOut(world, round, transition);
    return transition.next.probeAt;
  }
  const sender = new PacedSender(world, round);
  const ahead: { read?: Promise<unknown> } = {};
  try {
    return await releaseAll(world, round, sender, ahead);
  } finally {
    // Whatever broke off: a function that ends with anything under way is frozen with it.
    await Promise.allSettled([sender.settled(), ahead.read]);
  }
}

function within(group: Group, encoding: Encoding): Group {
  return encoding === "xml" ? { ...group, maxBytes: Math.min(group.maxBytes, LIMITS.groupBytesXml) } : group;
}

/** @param ahead told of the part that is read while another is sent */
async function releaseAll(
  world: DeliveryPorts,
  round: Round,
  sender: PacedSender,
  ahead: { read?: Promise<unknown> },
): Promise<number | undefined> {
  const { clock } = world;
  const { encoding, releaseRate, retrySchedule } = round.endpoint;
  const group = round.endpoint.group && within(round.endpoint.group, encoding);
  const limit = group === undefined ? Math.min(Math.max(releaseRate, PAGE_MIN), PAGE_MAX) : PAGE_MAX;
  const gathering = new Gathering<Waiting>(group, waitsIn(stagesOf(retrySchedule)));
  const read = (after: string, isSkimming: boolean) =>
    readBacklog(world, ownerOf(round), { after, limit: isSkimming ? PAGE_MAX : limit, dueBy: clock.now() });
  let part: BacklogPart = await read("", false);
  while (part.last !== undefined) {
    sender.note(part.nextDueAt);
    if (!hasTime(round, clock.now())) return sender.end(clock.now());
    // The next part is read while this one is sent: a rate of hundreds leaves no time between two.
    const next = read(part.last, part.waiting.length === 0);
    next.catch(() => undefined); // it may fail before anybody waits for it; whoever does is told all the same
    ahead.read = next;
    for (const waiting of part.waiting) {
      const { pending, event } = waiting;
      const complete = gathering.add(waiting, { failures: pending.failures, bytes: event.payload.length });
      for (const some of complete) if (!(await sender.begin(some))) return sender.end(clock.now());
    }
    part = await next;
  }
  for (const some of gathering.rest()) if (!(await sender.begin(some))) return sender.end(clock.now());
  return sender.end();
}
