import type { Command } from "commander";
import { Rappel } from "../../client/index.ts";
import { type ConnectionFlags, connectionOf, DEFAULT_PROFILE, saveProfile } from "../profiles.ts";
import type { Tools } from "../tools.ts";

export function addLogin(program: Command, { io, output }: Tools): void {
  program
    .command("login")
    .description("checks a URL and a key, and saves them as a profile that only you can read")
    .addHelpText(
      "after",
      "\nExamples:\n  rappel login --url http://localhost:3000 --key key_…:…\n  rappel login --profile prod --url https://hooks.example.com --key key_…:…",
    )
    .action(async (_, command: Command) => {
      const flags = command.optsWithGlobals<ConnectionFlags>();
      const name = flags.profile ?? io.env["RAPPEL_PROFILE"] ?? DEFAULT_PROFILE;
      const connection = connectionOf(io, flags, true);
      const who = await new Rappel(connection).call("GET /v1/whoami");
      const file = saveProfile(io, name, connection);
      output(command).object(
        { profile: name, file, account: who.account },
        () =>
          `Saved as the profile "${name}" in ${file}: ${who.account === null ? "an operator's key" : `a key of the account ${who.account}`}, ${who.key.scopes.join(", ")}`,
      );
    });
}
