import type { Command } from "commander";
import type { AnswerOf, Rappel } from "../../client/index.ts";
import { UsageError } from "../io.ts";
import type { ConnectionFlags } from "../profiles.ts";
import type { Tools } from "../tools.ts";
import { listValue } from "../values.ts";

type Key = AnswerOf<"GET /v1/accounts/{account}/keys">["data"][number];

const SCOPES = ["send", "read", "read:status", "manage", "manage:endpoints"] as const;
type Scope = (typeof SCOPES)[number];
const COLUMNS = {
  ID: ({ id }: Key) => id,
  NAME: ({ name }: Key) => name,
  SCOPES: ({ scopes }: Key) => scopes.join(","),
  CREATED: ({ createdAt }: Key) => createdAt,
};

export function addKeys(program: Command, { rappel, output }: Tools): void {
  const keys = program
    .command("keys")
    .description("lists, creates and deletes the keys of an account")
    .addHelpText(
      "after",
      "\nThe first key of a deployment is created in its table, with your AWS credentials:\n  rappel keys create --operator --table TABLE --region REGION\n  rappel keys create --account acme --table TABLE --region REGION",
    );
  keys
    .command("list", { isDefault: true })
    .description("lists keys, without secrets")
    .action(async (_, command: Command) => {
      const client = rappel(command);
      const { data } = await client.call("GET /v1/accounts/{account}/keys", {
        params: { account: await accountOf(client, command) },
      });
      output(command).rows(data, COLUMNS, "The account has no key");
    });
  keys
    .command("create")
    .description("creates a key and prints its secret, once")
    .option("--name <text>", "what it is for", "")
    .option("--scopes <scopes>", `separated by commas: ${SCOPES.join(", ")}`, listValue, ["send"])
    .action(async ({ name, scopes }: { name: string; scopes: string[] }, command: Command) => {
      const client = rappel(command);
      const wrong = scopes.find((scope) => !isScope(scope));
      if (wrong !== undefined) throw new UsageError(`--scopes ${wrong}: need some of ${SCOPES.join(", ")}`);
      const created = await client.call("POST /v1/accounts/{account}/keys", {
        params: { account: await accountOf(client, command) },
        body: { name, scopes: scopes.filter(isScope) },
      });
      output(command).object(created, () => `${created.id}:${created.secret}`);
      output(command).note("The secret is shown only here");
    });
  keys
    .command("delete")
    .description("deletes a key; it is refused within 30 s")
    .argument("<id>")
    .action(async (id: string, _, command: Command) => {
      const client = rappel(command);
      await client.call("DELETE /v1/accounts/{account}/keys/{id}", {
        params: { account: await accountOf(client, command), id },
      });
      output(command).object({ id, deleted: true }, () => `${id} is deleted`);
    });
}

function isScope(text: string): text is Scope {
  return SCOPES.some((scope) => scope === text);
}

/** The account that is named, else the key's own. */
async function accountOf(client: Rappel, command: Command): Promise<string> {
  const { account = (await client.call("GET /v1/whoami")).account } = command.optsWithGlobals<ConnectionFlags>();
  if (account === null) throw new UsageError("This is an operator's key: name an account with --account");
  return account;
}
