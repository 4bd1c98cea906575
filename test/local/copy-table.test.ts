import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, it } from "vitest";
import { newId } from "../../lambdas/shared/ids.ts";
import { kmsClient } from "../../local/emulator/engines/aws-clients.ts";
import { pendingWith, random, stateOf } from "../contract/examples.ts";
import { endpointWith } from "../support/examples.ts";
import { CALLBACKS, copied, filled, itemsOf, NEW_KEY, newTable, portsOf, put } from "./copied-tables.ts";

describe("a copy of a table", () => {
  it("the copy in another account has the same endpoints with their secrets, callbacks, keys and events", async () => {
    const { source, endpoint, event } = await filled();
    const target = await newTable(1);
    const counts = await copied(source, target, { keyId: NEW_KEY });
    expect(counts).toMatchObject({ kept: 0, same: 0, skipped: 1 }); // the data key
    const { endpoints, callbacks, keys, log, states } = portsOf(target, NEW_KEY);
    expect(await endpoints.list(endpoint.account)).toEqual([endpoint]);
    expect((await states.read([endpoint.id])).get(endpoint.id)).toEqual(stateOf(endpoint));
    expect(await callbacks.read(endpoint.account)).toEqual(CALLBACKS);
    expect((await keys.list(endpoint.account)).map(({ id, secretHash }) => [id, secretHash])).toEqual([["key_1", "h"]]);
    expect((await log.find(endpoint.account, [event.id])).get(event.id)).toMatchObject({ id: event.id });
    const [before, after] = [await itemsOf(source), await itemsOf(target)];
    expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
    expect(after.get("DATAKEY DATAKEY")).not.toEqual(before.get("DATAKEY DATAKEY"));
    expect(counts.written).toBe(after.size - 1);
  });

  it("a restored table's items go back as they are, without a call to KMS", async () => {
    const { source: deployed, ports, endpoint } = await filled();
    const restored = await newTable();
    for (const item of (await itemsOf(deployed)).values()) await put(restored, item);
    const before = await itemsOf(deployed);
    await ports.endpoints.remove(endpoint.account, endpoint.id); // the damage
    const unreachable = { ...restored, kms: kmsClient({ dynamodb: "", sqs: "", kms: "http://127.0.0.1:9" }) };
    const counts = await copied(unreachable, { ...deployed, kms: unreachable.kms });
    expect(counts).toMatchObject({ written: 1 });
    const key = `ACCOUNT#${endpoint.account} ENDPOINT#${endpoint.id}`;
    expect((await itemsOf(deployed)).get(key)).toEqual(before.get(key));
    expect(await ports.endpoints.list(endpoint.account)).toEqual([endpoint]);
  });

  it("items that the target has with other values are kept, unless they are to be replaced", async () => {
    const { source, endpoint } = await filled();
    const target = await newTable(1);
    await copied(source, target, { keyId: NEW_KEY });
    const { endpoints } = portsOf(target, NEW_KEY);
    const newer = { ...endpoint, description: "changed since", version: 2 };
    await endpoints.replace(newer);
    expect(await copied(source, target)).toMatchObject({ written: 0, kept: 2 }); // and the account's revision
    expect(await endpoints.find(endpoint.account, endpoint.id)).toEqual(newer);
    expect(await copied(source, target, { overwrite: true })).toMatchObject({ kept: 0, same: 0 });
    expect(await endpoints.find(endpoint.account, endpoint.id)).toEqual(endpoint);
  });

  it("endpoints with copied pending deliveries get a retry round, also if the target kept their state", async () => {
    const { source, endpoint } = await filled();
    const target = await newTable(1);
    await copied(source, target, { keyId: NEW_KEY });
    const stateIn = async () => (await portsOf(target, NEW_KEY).states.read([endpoint.id])).get(endpoint.id);
    expect((await stateIn())?.wakeAt).toBeUndefined();
    await put(source, { pk: `BACKLOG#${endpoint.id}#1`, sk: "evt_1", ...pendingWith(endpoint.id) });
    await copied(source, target, { keyId: NEW_KEY });
    const state = await stateIn();
    expect(state?.parked).toBe(stateOf(endpoint).parked + 1);
    expect(await portsOf(target, NEW_KEY).states.overdue((state?.wakeAt ?? 0) + 1, 10)).toEqual([
      { endpoint: endpoint.id, wakeAt: state?.wakeAt },
    ]);
  });

  it("only the configuration can be copied: no event and no backlog", async () => {
    const { source, endpoint } = await filled();
    await put(source, { pk: `BACKLOG#${endpoint.id}#1`, sk: "evt_1", ...pendingWith(endpoint.id) });
    const target = await newTable(1);
    await copied(source, target, { part: "configuration", keyId: NEW_KEY });
    const kinds = [...(await itemsOf(target)).keys()].map((key) => key.replace(/[_#][\w-]+/g, "").replace(/key_1/, ""));
    expect(kinds.sort()).toEqual(
      [
        "ACCOUNT ACCOUNT",
        "ACCOUNT CALLBACKS",
        "ACCOUNT ENDPOINT",
        "ACCOUNT KEY",
        "DATAKEY DATAKEY",
        "KEY KEY",
        "STATE STATE",
      ].sort(),
    );
  });

  it("expired items, sessions, idempotency keys and the data key are left out", async () => {
    const [source, target] = [await newTable(), await newTable()];
    const now = Date.UTC(2026, 10, 30);
    await put(source, { pk: "LOG#acme#1", sk: "evt_old", expiresAt: now / 1_000 });
    await put(source, { pk: "LOG#acme#1", sk: "evt_new", expiresAt: now / 1_000 + 1 });
    for (const pk of ["SESSION#a", "IDEM#a#b", "NAMED#a#b", "PACE#ep_1", "ALLOWANCE#a"])
      await put(source, { pk, sk: "x" });
    await put(source, { pk: "ACCOUNT#acme", sk: "SESSION#ses_1" });
    await put(source, { pk: "DATAKEY", sk: "DATAKEY" });
    expect(await copied(source, target, { now: () => now })).toMatchObject({ read: 9, written: 1, skipped: 8 });
    expect([...(await itemsOf(target)).keys()]).toEqual(["LOG#acme#1 evt_new"]);
  });

  it("an endpoint is never there without its state", async () => {
    const { source, ports } = await filled();
    const ids = Array.from({ length: 20 }, () => newId("ep", Date.now(), random));
    for (const id of ids) await ports.endpoints.add(endpointWith({ id }), stateOf(endpointWith({ id })));
    const target = await newTable(1);
    const written: string[] = [];
    const { client } = target.table;
    const send: (command: PutCommand) => Promise<unknown> = client.send.bind(client);
    const noting = async (command: PutCommand) => {
      const answer = await send(command);
      if (command instanceof PutCommand) written.push(`${command.input.Item?.["pk"]} ${command.input.Item?.["sk"]}`);
      return answer;
    };
    Object.assign(client, { send: noting });
    await copied(source, target, { keyId: NEW_KEY });
    for (const id of ids) {
      const [state, endpoint] = [`STATE#${id} STATE`, ` ENDPOINT#${id}`].map((end) =>
        written.findIndex((key) => key.endsWith(end)),
      );
      expect(state).toBeGreaterThanOrEqual(0);
      expect(state).toBeLessThan(endpoint ?? -1);
    }
  });
});
