import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type ExportPorts, readExportPage } from "../../lambdas/export/read-export-page.ts";
import { exportPart } from "../../lambdas/http/views/export-views.ts";

export interface Counts {
  readonly endpoints: number;
  readonly events: number;
}

/**
 * Writes an account's endpoints, and its events with their deliveries and attempts, as one JSON file. It holds at most one
 * page of events in memory. The file appears when it is complete, and only its owner can read it.
 * @param onProgress called with the number of events written, once per page
 * @throws {Error} if the account does not exist
 */
export async function writeExport(
  ports: ExportPorts,
  account: string,
  path: string,
  onProgress: (events: number) => void,
): Promise<Counts> {
  const counts = { endpoints: 0, events: 0 };
  const part = `${path}.${process.pid}.part`;
  try {
    const parts = partsOf(ports, account, counts, onProgress);
    await pipeline(Readable.from(parts), createWriteStream(part, { mode: 0o600, flush: true }));
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  return counts;
}

async function* partsOf(
  ports: ExportPorts,
  id: string,
  counts: { endpoints: number; events: number },
  onProgress: (events: number) => void,
): AsyncGenerator<string> {
  let before: string | undefined;
  do {
    const page = await readExportPage(ports, id, before);
    const { head, events } = page;
    counts.endpoints += head?.endpoints.length ?? 0;
    counts.events += events.length;
    if (head?.account.createdAt === undefined && counts.endpoints + counts.events === 0)
      throw new Error(`Cannot export the account "${id}": it has no endpoints and no events, and was never configured`);
    yield exportPart(page).text;
    onProgress(counts.events);
    before = page.next;
  } while (before !== undefined);
}
