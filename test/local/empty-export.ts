import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeExport } from "../../local/export/write-export.ts";
import { addEndpoint } from "../retry/add-endpoint.ts";
import { memoryWorld } from "../support/memory-world.ts";

/** Writes an export with one endpoint and no event. @returns its path */
export async function emptyExport(): Promise<string> {
  const world = memoryWorld();
  await addEndpoint(world);
  const path = join(mkdtempSync(join(tmpdir(), "rappel-empty-")), "export.json");
  await writeExport(world, "acme", path, () => undefined);
  return path;
}
