import type { Clock } from "../ports/clock.ts";
import { RappelError } from "../shared/errors.ts";

const TRIES = 24; // ours: a try fails only when another request changes the endpoint, and each time one of them succeeds
const STEP_MS = 10;

/**
 * Repeats a change that reads an endpoint and replaces it, until no other request changes it in between. So requests at the
 * same moment that change different fields all succeed.
 * @throws {RappelError} `WRITE_CONFLICT` after some 3 s of conflicts
 */
export async function repeatOnConflict<T>({ clock }: { readonly clock: Clock }, change: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await change();
    } catch (error) {
      if (!(error instanceof RappelError) || error.code !== "WRITE_CONFLICT" || tries === TRIES) throw error;
      await clock.sleep(tries * STEP_MS);
    }
  }
}
