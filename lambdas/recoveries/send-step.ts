import type { StepContext } from "../delivery/delivery-ports.ts";
import type { Endpoint } from "../endpoints/model/endpoint.ts";
import { waitForAll } from "../shared/wait-for-all.ts";
import { backlogMax, fitting } from "./model/backlog-room.ts";
import type { Recovery, StepProgress } from "./model/recovery.ts";
import { readCandidates } from "./read-candidates.ts";
import type { RecoveryPorts } from "./recovery-ports.ts";
import { sendAgain } from "./send-again.ts";

/** What a step reads: all that the recovery is about, or what one endpoint's full backlog has left. */
interface Part {
  readonly after: string;
  readonly only?: string;
}

const COUNTED_AT_ONCE = 8; // ours: each count takes eight queries
const TRIED_PER_STEP = 20; // ours: full backlogs that are counted again in one step

/**
 * Sends one page of a recovery: first of all endpoints, leaving out those whose backlog is full, then of these one after
 * the other. So a slow endpoint does not delay the others.
 */
export async function sendStep(
  ports: RecoveryPorts,
  recovery: Recovery,
  context: Pick<StepContext, "endpoints" | "writeResults">,
): Promise<StepProgress> {
  const { endpoints } = context;
  const { account, after, isScanned, scannedUntil, behind, resentAt } = recovery;
  const nothing = { after, isScanned, scannedUntil, behind, resent: 0, skipped: 0, isHeldBack: true };
  const part: Part | undefined = isScanned ? await partWithRoom(ports, recovery, endpoints) : { after };
  if (part === undefined) return nothing;
  const page = await readCandidates(ports, account, { ...recovery, ...part }, endpoints, part.after);
  const wanted = isScanned ? page.candidates : page.candidates.filter(({ endpoint }) => behind[endpoint] === undefined);
  const joining = wanted.filter(({ action }) => action === "resend").map(({ endpoint }) => endpoint);
  const fit = fitting(wanted, await roomOf(ports, [...new Set(joining)], endpoints), part.after);
  const { resent, skipped, results } = await sendAgain(ports, fit.candidates, endpoints, resentAt);
  // Before the progress is recorded: a crash in between repeats the step, and with it the wake-ups.
  await context.writeResults(results);
  const sent = { ...nothing, resent, skipped, isHeldBack: fit.candidates.length === 0 && wanted.length > 0 };
  if (part.only !== undefined) return { ...sent, behind: continued(behind, part.only, fit.behind[part.only], page) };
  const stoppedAt = recovery.endpoint === undefined ? undefined : fit.behind[recovery.endpoint];
  if (stoppedAt !== undefined) return { ...sent, after: stoppedAt };
  return {
    ...sent,
    after: page.after,
    isScanned: page.isEnd,
    scannedUntil: page.isEnd ? recovery.until : (page.scannedUntil ?? scannedUntil),
    behind: { ...behind, ...fit.behind },
    isHeldBack: false,
  };
}

/** The endpoints that are behind, after a page of one of them. It comes last then. */
function continued(
  behind: Recovery["behind"],
  endpoint: string,
  stoppedAt: string | undefined,
  page: { readonly after: string; readonly isEnd: boolean },
): Recovery["behind"] {
  const { [endpoint]: _, ...others } = behind;
  const left = stoppedAt ?? (page.isEnd ? undefined : page.after);
  return left === undefined ? others : { ...others, [endpoint]: left };
}

/** One of the endpoints that are behind whose backlog has room. */
async function partWithRoom(
  ports: RecoveryPorts,
  { behind, version }: Recovery,
  endpoints: readonly Endpoint[],
): Promise<Part | undefined> {
  const all = Object.keys(behind);
  const first = version % Math.max(1, all.length); // others at each step, if there are many
  const tried = [...all.slice(first), ...all.slice(0, first)].slice(0, TRIED_PER_STEP);
  const room = await roomOf(ports, tried, endpoints);
  const only = tried.find((id) => (room.get(id) ?? 1) > 0);
  const after = only && behind[only];
  return only === undefined || after === undefined ? undefined : { only, after };
}

/** By endpoint: how many deliveries may join its backlog. Absent: any number. */
async function roomOf(
  { deliveries, states }: RecoveryPorts,
  ids: readonly string[],
  endpoints: readonly Endpoint[],
): Promise<Map<string, number>> {
  const found = await states.read(ids);
  const limited = endpoints.flatMap((endpoint) => {
    const max = ids.includes(endpoint.id) ? backlogMax(endpoint, found.get(endpoint.id)) : Number.POSITIVE_INFINITY;
    return Number.isFinite(max) ? [{ id: endpoint.id, max }] : [];
  });
  const room = new Map<string, number>();
  for (let from = 0; from < limited.length; from += COUNTED_AT_ONCE)
    await waitForAll(
      limited.slice(from, from + COUNTED_AT_ONCE).map(async ({ id, max }) => {
        room.set(id, Math.max(0, max - (await deliveries.count(id, { max }))));
      }),
    );
  return room;
}
