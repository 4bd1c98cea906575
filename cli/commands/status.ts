import type { Command } from "commander";
import { RappelError } from "../../client/index.ts";
import { NegativeResult } from "../io.ts";
import type { Tools } from "../tools.ts";

export function addStatus(program: Command, { rappel, output }: Tools): void {
  program
    .command("status")
    .description("shows the service's health, the key, and what is in trouble")
    .action(async (_, command: Command) => {
      const [client, print] = [rappel(command), output(command)];
      const health = await client.call("GET /health").catch((error: unknown) => {
        if (error instanceof RappelError && error.status === 503) return undefined;
        throw error;
      });
      const who = await client.call("GET /v1/whoami");
      const list = client.list("GET /v1/endpoints", { status: "failing,suspended", limit: 100 });
      const trouble = (await list.page()).data;
      const queues = who.isOperator ? (await client.call("GET /v1/queues")).data : [];
      print.object({ healthy: health !== undefined, who, trouble, queues }, () =>
        [
          health === undefined
            ? print.bad("The service is not healthy: its queue or its table does not respond")
            : print.good("The service is healthy"),
          `Key: ${who.account === null ? "operator" : `account ${who.account}`}, ${who.key.scopes.join(", ")}`,
          ...queues.map(
            ({ name, messages, deadLetters }) => `Queue ${name}: ${messages} messages, ${deadLetters} dead letters`,
          ),
          trouble.length === 0 ? "No endpoint is failing or suspended" : `${trouble.length} endpoints in trouble:`,
          ...trouble.map(({ id, status, url, statusReason }) => `  ${id}  ${status}  ${url}  ${statusReason ?? ""}`),
        ].join("\n"),
      );
      if (health === undefined) throw new NegativeResult("not healthy");
    });
}
