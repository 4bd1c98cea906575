import type { Command } from "commander";
import { Rappel, RappelError } from "../../client/index.ts";
import { outpostAccounts } from "../import/outpost.ts";
import type { ImportedAccount, ImportedEndpoint, SourceOptions } from "../import/source.ts";
import { svixAccounts } from "../import/svix.ts";
import { NegativeResult, UsageError } from "../io.ts";
import type { Output } from "../output.ts";
import { type ConnectionFlags, connectionOf, type Profile } from "../profiles.ts";
import type { Tools } from "../tools.ts";
import { urlValue } from "../values.ts";

const SOURCES: Readonly<Record<string, (source: SourceOptions) => AsyncIterable<ImportedAccount>>> = {
  svix: svixAccounts,
  outpost: outpostAccounts,
};
/** The metadata by which an endpoint is recognised when the import is repeated. */
const IMPORTED_FROM = "imported-from";

interface ImportOptions {
  readonly from: string;
  readonly sourceUrl: string;
  readonly sourceToken?: string;
  readonly dryRun?: boolean;
}
interface Row {
  readonly account: string;
  readonly endpoint: string;
  readonly url: string;
  readonly result: "created" | "would be created" | "was there" | "failed";
  readonly notes: readonly string[];
}

export function addImport(program: Command, { io, output }: Tools): void {
  program
    .command("import")
    .description("takes over customers and endpoints from another service: URLs, types, secrets and headers")
    .requiredOption("--from <service>", `${Object.keys(SOURCES).join(" or ")}`)
    .requiredOption("--source-url <url>", "its API: https://api.eu.svix.com, or Outpost's base URL", urlValue)
    .option("--source-token <token>", "its API key (RAPPEL_SOURCE_TOKEN, which other users do not see)")
    .option("--dry-run", "only reports what would be done")
    .addHelpText(
      "after",
      "\nIt needs an operator's key. It changes nothing at the other service, and can be repeated: what was taken over stays\nas it is.\n\nExamples:\n  rappel import --from svix --source-url https://api.eu.svix.com --dry-run",
    )
    .action(async (options: ImportOptions, command: Command) => {
      const print = output(command);
      const token = options.sourceToken ?? io.env["RAPPEL_SOURCE_TOKEN"];
      const read = Object.hasOwn(SOURCES, options.from) ? SOURCES[options.from] : undefined;
      if (read === undefined)
        throw new UsageError(`--from ${options.from}: need one of ${Object.keys(SOURCES).join(", ")}`);
      if (token === undefined)
        throw new UsageError("Need the other service's API key: --source-token or RAPPEL_SOURCE_TOKEN");
      const target = new Target(connectionOf(io, command.optsWithGlobals<ConnectionFlags>()), options);
      const counts = { accounts: 0, endpoints: 0, failed: 0 };
      for await (const account of read({ url: options.sourceUrl, token })) {
        counts.accounts++;
        for await (const row of rowsOf(target, account)) {
          if (row.url !== "") counts.endpoints++;
          if (row.result === "failed") counts.failed++;
          print.object(row, () => rowText(row, print));
        }
      }
      print.note(
        `${counts.accounts} accounts, ${counts.endpoints} endpoints, ${counts.failed} failed${options.dryRun === true ? ". Nothing was changed: this was a dry run" : ""}`,
      );
      if (counts.failed > 0) throw new NegativeResult("some endpoints failed");
    });
}

/** An account that cannot be taken over is a row of the report: the others follow. */
async function* rowsOf(target: Target, { id, name, endpoints }: ImportedAccount): AsyncGenerator<Row> {
  const failed = (note: string): Row => ({
    account: id ?? name,
    endpoint: "",
    url: "",
    result: "failed",
    notes: [note],
  });
  if (id === undefined) return yield failed("no account can have this name: need 1 to 64 of A-Z a-z 0-9 _ -");
  const refusal = await target.addAccount(id, name);
  if (refusal !== undefined) return yield failed(refusal);
  for await (const endpoint of endpoints) yield await target.addEndpoint(id, endpoint);
}

/** The service that the endpoints are added to. */
class Target {
  readonly #connection: Profile;
  readonly #isDryRun: boolean;
  readonly #service: string;
  readonly #there = new Map<string, Promise<ReadonlySet<string>>>();

  constructor(connection: Profile, { dryRun = false, from }: ImportOptions) {
    this.#connection = connection;
    this.#isDryRun = dryRun;
    this.#service = from;
  }

  #clientOf(account: string): Rappel {
    return new Rappel({ ...this.#connection, account });
  }

  /** An account that is there keeps its name and its limits. @returns why it was refused, if it was */
  async addAccount(id: string, name: string): Promise<string | undefined> {
    if (this.#isDryRun) return undefined;
    const client = this.#clientOf(id);
    const isThere = await client.call("GET /v1/accounts/{account}", { params: { account: id } }).then(
      () => true,
      (error: unknown) => {
        if (error instanceof RappelError && error.code === "ACCOUNT_NOT_FOUND") return false;
        throw error;
      },
    );
    if (isThere) return undefined;
    try {
      await client.call("PUT /v1/accounts/{account}", { params: { account: id }, body: { name } });
      return undefined;
    } catch (error) {
      return refusalOf(error);
    }
  }

  async addEndpoint(account: string, { id, url, eventTypes, notes, ...more }: ImportedEndpoint): Promise<Row> {
    const mark = `${this.#service}/${id}`;
    const row = { account, endpoint: id, url: withoutPassword(url), notes };
    if ((await this.#importedInto(account)).has(mark)) return { ...row, result: "was there" };
    if (eventTypes.length === 0)
      return { ...row, result: "failed", notes: [...notes, "it has no event type that Rappel can have"] };
    if (this.#isDryRun) return { ...row, result: "would be created" };
    const { description, headers, secret, isPaused } = more;
    const body = {
      url,
      eventTypes: [...eventTypes],
      format: "raw" as const, // the other services send the payload alone
      metadata: { [IMPORTED_FROM]: mark },
      ...(description !== undefined && { description }),
      ...(Object.keys(headers).length > 0 && { headers: { ...headers } }),
      ...(secret !== undefined && { secret }),
      ...(isPaused && { status: "paused" as const }),
    };
    try {
      await this.#clientOf(account).endpoints.create(body);
      return { ...row, result: "created" };
    } catch (error) {
      return { ...row, result: "failed", notes: [...notes, refusalOf(error)] };
    }
  }

  #importedInto(account: string): Promise<ReadonlySet<string>> {
    const known = this.#there.get(account) ?? this.#readImported(account);
    this.#there.set(account, known);
    return known;
  }

  async #readImported(account: string): Promise<ReadonlySet<string>> {
    const marks = new Set<string>();
    for await (const { metadata } of this.#clientOf(account).endpoints.list({ limit: 100 })) {
      const mark = metadata[IMPORTED_FROM];
      if (mark !== undefined) marks.add(mark);
    }
    return marks;
  }
}

/** Why the API refused one thing. @throws any error that is about all of them */
function refusalOf(error: unknown): string {
  if (!(error instanceof RappelError) || error.isTemporary || error.status === 401 || error.status === 403) throw error;
  const why = error.fields.map(({ pointer, detail }) => `${pointer} ${detail}`).join("; ") || error.message;
  return `${error.code}: ${why}`;
}

function withoutPassword(text: string): string {
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  if (url.password !== "") url.password = "***";
  return url.href;
}

function rowText({ account, url, result, notes }: Row, print: Output): string {
  const shown = result === "failed" ? print.bad(result) : result === "created" ? print.good(result) : result;
  return [`${shown}  ${account}  ${url}`, ...notes.map((note) => `    ${note}`)].join("\n");
}
