import type { DeliveryPorts } from "../delivery/delivery-ports.ts";
import { hopsOf } from "../delivery/model/webhook-request.ts";
import { nextTransition } from "../endpoints/model/endpoint-policy.ts";
import { isSendable } from "../endpoints/model/endpoint-state.ts";
import { stagesOf } from "../endpoints/model/preset.ts";
import type { Encoding } from "../payload/formats.ts";
import { LIMITS } from "../shared/limits.ts";
import type { Group } from "./model/batching.ts";
import { GroupBuilder } from "./model/batching.ts";
import { waitsIn } from "./model/retry-schedule.ts";
import { PacedSender } from "./paced-sender.ts";
import { type BacklogPart, type PendingWithEvent, readBacklog } from "./read-backlog.ts";
import { carryOut, hasTime, ownerOf, type Round, rulesOf } from "./retry-round.ts";

const PAGE_MIN = 50; // ours
const PAGE_MAX = 250; // ours: also after a page with nothing due, because most of the next page is not due either

/**
 * Attempts all due deliveries of an active endpoint's backlog, oldest first, grouped if the endpoint groups events, at its
 * release rate. Stops after five failures in a row, at a change of its status, or when the time is up.
 * @returns when the next pending delivery is due; `undefined` if nothing is pending
 */
export async function releaseBacklog(ports: DeliveryPorts, round: Round): Promise<number | undefined> {
  const { clock } = ports;
  if (!isSendable(round.state, clock.now())) return round.state.notBefore;
  // A function may have counted the fifth failure and crashed before it wrote "failing".
  const observed = { by: "traffic", retryAfterMs: 0, failures: { attemptIndex: 1, retryAfterMs: 0 } } as const;
  const transition = nextTransition(round.state, observed, rulesOf(ports, round), clock.now());
  if (transition.to === "failing") {
    await carryOut(ports, round, transition);
    return transition.next.probeAt;
  }
  const sender = new PacedSender(ports, round);
  const ahead: { read?: Promise<unknown> } = {};
  try {
    return await releaseAll(ports, round, sender, ahead);
  } finally {
    // Also after an error: a function that ends with POSTs in progress would be frozen with them.
    await Promise.allSettled([sender.settled(), ahead.read]);
  }
}

function withinXmlLimit(group: Group, encoding: Encoding): Group {
  return encoding === "xml" ? { ...group, maxBytes: Math.min(group.maxBytes, LIMITS.groupBytesXml) } : group;
}

/** @param ahead set to the read in progress, while another part is sent */
async function releaseAll(
  ports: DeliveryPorts,
  round: Round,
  sender: PacedSender,
  ahead: { read?: Promise<unknown> },
): Promise<number | undefined> {
  const { clock } = ports;
  const { encoding, releaseRate, retrySchedule } = round.endpoint;
  const group = round.endpoint.group && withinXmlLimit(round.endpoint.group, encoding);
  const limit = group === undefined ? Math.min(Math.max(releaseRate, PAGE_MIN), PAGE_MAX) : PAGE_MAX;
  const groups = new GroupBuilder<PendingWithEvent>(group, waitsIn(stagesOf(retrySchedule)));
  const read = (after: string, isSkimming: boolean) =>
    readBacklog(ports, ownerOf(round), { after, limit: isSkimming ? PAGE_MAX : limit, dueBy: clock.now() });
  let part: BacklogPart = await read("", false);
  while (part.last !== undefined) {
    sender.note(part.nextDueAt);
    if (!hasTime(round, clock.now())) return sender.end(clock.now());
    // The next part is read while this one is sent: a rate of hundreds leaves no time between two.
    const next = read(part.last, part.waiting.length === 0);
    next.catch(() => undefined); // it can fail before it is awaited below, where the error is thrown
    ahead.read = next;
    for (const waiting of part.waiting) {
      const { pending, event } = waiting;
      const { failures } = pending;
      const complete = groups.add(waiting, { failures, bytes: event.payload.length, hops: hopsOf(event) });
      for (const members of complete) if (!(await sender.begin(members))) return sender.end(clock.now());
    }
    part = await next;
  }
  for (const members of groups.rest()) if (!(await sender.begin(members))) return sender.end(clock.now());
  return sender.end();
}
