import type { EventLog } from "../ports/events.ts";
import type { Page } from "../ports/page.ts";
import { LIMITS } from "../shared/limits.ts";
import {
  BOUNCE_TYPES,
  type Bounce,
  type BouncedAddress,
  type BounceQuery,
  bounceOf,
  byAddress,
} from "./model/bounce.ts";

/**
 * The addresses that bounced, from the log, newest first. One call reads a part of a long log: an address of two parts is in
 * both, each with its count there.
 */
export async function listBounces(
  { log }: { readonly log: Pick<EventLog, "list"> },
  account: string,
  { before, after, isSoftIncluded }: BounceQuery,
): Promise<Page<BouncedAddress>> {
  const bounces: Bounce[] = [];
  let next = before;
  for (let pages = 0; pages < LIMITS.bouncePages; pages++) {
    const page = await log.list(account, {
      types: BOUNCE_TYPES,
      limit: LIMITS.bouncePageEvents,
      ...(next !== undefined && { before: next }),
      ...(after !== undefined && { after }),
    });
    bounces.push(...page.items.flatMap((event) => bounceOf(event) ?? []));
    next = page.next;
    if (next === undefined) break;
  }
  const items = byAddress(bounces.filter(({ isHard }) => isHard || isSoftIncluded));
  return { items, ...(next !== undefined && { next }) };
}
