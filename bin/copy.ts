/** `npm run copy`: copies a table's items into another deployment's table. */
import { parseArgs } from "node:util";
import { copyTable, SEGMENTS } from "../local/copy-table/copy-table.ts";
import { type Counts, openProgress } from "../local/copy-table/progress.ts";
import { readDataKey } from "../local/copy-table/secrets.ts";
import { PARTS } from "../local/copy-table/selection.ts";
import { type TableFlags, type TableLocation, tableLocation, withTable } from "../local/table-location.ts";

const HELP = `Copies the items of a table into the table of a deployment: to restore from a point in time, to adopt the data of a
former deployment, or to move to another account or region. Secrets are encrypted again with the other deployment's key.

  npm run copy -- --from-table RESTORED --table NAME --region R
  npm run copy -- --only configuration --from-table OLD --from-region R1 --from-profile P1 --table NEW --region R2 --profile P2
  npm run copy -- --help                   shows this

From where:

  --from-table NAME         the table to read. It is not changed.
  --from-region R           its region (default: that of --region)
  --from-profile P          the AWS profile with access to it (default: that of --profile)
  --from-data-dir FOLDER    instead of these: the service that npm start runs on this data folder

Into which table:

  --table NAME --region R   a deployed table
  --profile P               the AWS profile with access to it (default: your AWS credentials)
  --data-dir FOLDER         without --table: the service that npm start runs on this data folder (.rappel by default)
  --key KEY                 the sealing key of its deployment, by ARN or id: needed if the table has no data key yet

How:

  --only configuration      accounts, keys, callbacks, endpoints and their states, without events and backlogs
  --overwrite               replaces items that the table has with other values. Without it they are kept: they may be newer.
  --progress FILE           where the progress is kept (default: copy-FROM-to-TO.json in this folder). Run the same command
                            again to continue a copy that was stopped. The file is deleted at the end.`;

const OPTIONS = {
  "from-table": { type: "string" },
  "from-region": { type: "string" },
  "from-profile": { type: "string" },
  "from-data-dir": { type: "string" },
  table: { type: "string" },
  region: { type: "string" },
  profile: { type: "string" },
  "data-dir": { type: "string", default: ".rappel" },
  key: { type: "string" },
  only: { type: "string" },
  overwrite: { type: "boolean", default: false },
  progress: { type: "string" },
  help: { type: "boolean", default: false },
} as const;
const REPORT_EVERY = 10_000; // items, where the output is no terminal

try {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help || (values["from-table"] === undefined) === (values["from-data-dir"] === undefined)) {
    console.log(HELP);
    process.exit(values.help ? 0 : 1);
  }
  const part = values.only === undefined ? "all" : PARTS.find((known) => known === values.only);
  if (part === undefined)
    throw new Error(`Cannot use --only "${values.only}": need configuration, or leave it out to copy all items`);

  const from: TableFlags = {
    table: values["from-table"],
    region: values["from-region"] ?? values.region,
    profile: values["from-profile"] ?? values.profile,
    "data-dir": values["from-data-dir"] ?? "",
    prefix: "from-",
  };
  for (const flags of [from, values]) await withTable(flags, readDataKey); // fails here, with the flags' names, if one is wrong
  const [source, target] = [tableLocation(from), tableLocation(values)];
  const [fromPlace, toPlace] = [await placeOf(from, source), await placeOf(values, target)];
  if (fromPlace === toPlace) throw new Error(`Cannot copy ${fromPlace} into itself`);

  const file = values.progress ?? `copy-${source.table.name}-to-${target.table.name}.json`;
  const copy = `${part} of ${fromPlace} into ${toPlace}${values.overwrite ? ", replacing" : ""}`;
  const progress = openProgress(file, copy, SEGMENTS);
  if (progress.progress.counts.read > 0) console.log(`Continues ${file}: ${inWords(progress.progress.counts)}`);
  const counts = await copyTable({
    source,
    target,
    part,
    overwrite: values.overwrite,
    keyId: values.key,
    file: progress,
    report: showProgress(),
    now: Date.now,
  }).catch((error: unknown) => {
    const { message } = error instanceof Error ? error : new Error(String(error));
    throw new Error(`Stopped: ${message}\nRun the same command again to continue from ${file}`, { cause: error });
  });
  if (process.stderr.isTTY) process.stderr.write("\r");
  console.log(`Copied ${copy}: ${inWords(counts)}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

/** With the region that the AWS configuration names if no flag does: the same table can be named in two ways. */
async function placeOf(flags: TableFlags, { table: { client, name } }: TableLocation): Promise<string> {
  if (flags.table === undefined) return `${name} on the data folder ${flags["data-dir"]}`;
  const profile = flags.profile === undefined ? "" : ` of the profile ${flags.profile}`;
  return `${name} in ${await client.config.region()}${profile}`;
}

function inWords({ read, written, same, kept, skipped }: Counts): string {
  const shown = (count: number) => count.toLocaleString("en");
  return `${shown(read)} items read, ${shown(written)} written, ${shown(same)} were there already, ${shown(kept)} kept because they differ, ${shown(skipped)} left out`;
}

function showProgress(): (counts: Counts) => void {
  let reported = 0;
  return (counts) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${inWords(counts)} `);
    else if (counts.read - reported >= REPORT_EVERY) {
      reported = counts.read;
      console.error(inWords(counts));
    }
  };
}
