import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Engine, startDynamodb } from "../../local/emulator/engines/dynamodb.ts";
import { type TableLocation, withTable } from "../../local/table-location.ts";

const folder = mkdtempSync(join(tmpdir(), "rappel-table-location-"));
const engine: Engine = await startDynamodb();
afterAll(async () => {
  await engine.stop();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => {
  for (const name of ["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"]) vi.stubEnv(name, undefined);
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
  vi.stubEnv("AWS_CONFIG_FILE", join(folder, "none"));
  vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", engine.url);
});
afterEach(() => vi.unstubAllEnvs());

const read = ({ table }: TableLocation) =>
  table.client.send(new GetCommand({ TableName: table.name, Key: { pk: "a", sk: "b" } }));

describe("a command that cannot use its table", () => {
  it("the error names the table, the region and the flags that led to them if there is no such table", async () => {
    const wrong = withTable({ table: "rappel-dev", region: "eu-west-3", "data-dir": folder }, read);
    await expect(wrong).rejects.toThrow(
      'Cannot find the table "rappel-dev" (--table) in the region eu-west-3 (--region). The output 2CreateKey of the stage\'s observability stack has both; aws dynamodb list-tables --region eu-west-3 lists the tables there',
    );
  });

  it("the error says that the region came from the environment", async () => {
    vi.stubEnv("AWS_REGION", "us-east-1");
    await expect(withTable({ table: "rappel-dev", "data-dir": folder }, read)).rejects.toThrow(
      'the table "rappel-dev" (--table) in the region us-east-1 (AWS_REGION or the AWS profile)',
    );
  });

  it("the error asks for a region if none is set", async () => {
    await expect(withTable({ table: "rappel-dev", "data-dir": folder }, read)).rejects.toThrow(
      'Cannot look for the table "rappel-dev" (--table): need a region, by --region, AWS_REGION or the profile',
    );
  });

  it("the error names the data folder if its service is no longer there", async () => {
    const engines = { dynamodb: "http://127.0.0.1:9", sqs: "http://127.0.0.1:9", kms: "http://127.0.0.1:9" };
    writeFileSync(join(folder, "run.json"), JSON.stringify({ tableName: "rappel-local", engines }));
    await expect(withTable({ "data-dir": folder }, read)).rejects.toThrow(
      `Cannot reach the table "rappel-local" of the service on the data folder ${folder} (--data-dir): connect ECONNREFUSED 127.0.0.1:9. It is no longer running: start it with npm start`,
    );
    const gone = { ...engines, dynamodb: engine.url };
    writeFileSync(join(folder, "run.json"), JSON.stringify({ tableName: "rappel-local", engines: gone }));
    await expect(withTable({ "data-dir": folder }, read)).rejects.toThrow(
      `Cannot find the table "rappel-local" of the service on the data folder ${folder} (--data-dir). Start the service again with npm start`,
    );
    await expect(withTable({ "data-dir": join(folder, "none") }, read)).rejects.toThrow(
      "No service is running on the data folder",
    );
  });

  it("an error of the command itself is not changed", async () => {
    const mistake = new Error("Cannot use --valid-days");
    vi.stubEnv("AWS_REGION", "us-east-1");
    await expect(withTable({ table: "rappel-dev", "data-dir": folder }, () => Promise.reject(mistake))).rejects.toBe(
      mistake,
    );
  });
});
