import type { Command } from "commander";
import type { Rappel } from "../client/index.ts";
import type { Io } from "./io.ts";
import type { Output } from "./output.ts";

/** What each command gets. */
export interface Tools {
  readonly io: Io;
  /** The client, by the flags, the environment and the profile. @throws {UsageError} if one of them is missing */
  readonly rappel: (command: Command) => Rappel;
  readonly output: (command: Command) => Output;
}
