import { rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { problem } from "../../../lambdas/http/problem.ts";
import { RappelError } from "../../../lambdas/shared/errors.ts";
import type { BeforeRoutes } from "./gateway.ts";

/** Below this the databases can soon not grow. Ours: some thousand events. */
const FREE_BYTES_MIN = 16 * 1024 * 1024;
const PROBE = Buffer.alloc(4_096);
const RETRY_AFTER_SECONDS = 5; // as the health check of the functions
const MIB = 1024 * 1024;

/**
 * Responds to `GET /health` with 503 while the data folder's disk is full or cannot be written. The engines notice a full disk
 * only at some write, and the health check of the functions does not write. Otherwise it leaves the request to the functions.
 * @param freeBytes reads the free bytes of a folder's disk
 */
export function diskHealth(folder: string, freeBytes: (folder: string) => number = freeBytesOf): BeforeRoutes {
  return (request, response) => {
    if (request.method !== "GET" || request.url?.split("?")[0] !== "/health") return false;
    const detail = problemOf(folder, freeBytes);
    if (detail === undefined) return false;
    const error = new RappelError("STORE_UNAVAILABLE", detail, { retryAfterSeconds: RETRY_AFTER_SECONDS });
    const { status, headers, body = "" } = problem(error);
    response.writeHead(status, headers).end(body);
    return true;
  };
}

function problemOf(folder: string, freeBytes: (folder: string) => number): string | undefined {
  try {
    const free = freeBytes(folder);
    if (free < FREE_BYTES_MIN)
      return `The disk of the data folder is full: ${(free / MIB).toFixed(1)} MiB are free, and ${FREE_BYTES_MIN / MIB} are needed`;
    const probe = join(folder, "health.probe");
    writeFileSync(probe, PROBE, { mode: 0o600 });
    rmSync(probe);
    return undefined;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : error;
    return `The data folder cannot be written (${code})`;
  }
}

function freeBytesOf(folder: string): number {
  const { bavail, bsize, blocks } = statfsSync(folder);
  return blocks === 0 ? Number.POSITIVE_INFINITY : bavail * bsize; // 0: the file system does not say
}
