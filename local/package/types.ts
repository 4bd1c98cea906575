import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Extractor, ExtractorConfig, ExtractorLogLevel, type IConfigFile } from "@microsoft/api-extractor";
import { ENTRIES, type Entry, ROOT } from "./entries.ts";

/** The folder of the checked-in reports of all public types, one for each entry. */
const REPORTS = join(ROOT, "api-report");

export interface ExtractTypesOptions {
  /** Where each entry's types are written, as one file. Default: nowhere. */
  readonly dist?: string;
  /** What to do with the reports: write them, or compare them with the types. Default: nothing. */
  readonly reports?: "write" | "check";
}

/**
 * Reads the public types of all entries.
 * @returns the names of reports that differ from the types, with `check`
 * @throws {Error} if a type is invalid
 */
export function extractTypes({ dist, reports }: ExtractTypesOptions): string[] {
  const folder = mkdtempSync(join(tmpdir(), "rappel-types-"));
  mkdirSync(REPORTS, { recursive: true });
  try {
    const tsc = join(ROOT, "node_modules", "typescript", "bin", "tsc");
    execFileSync(process.execPath, [tsc, "-p", join(ROOT, "tsconfig.package.json"), "--outDir", folder], {
      encoding: "utf8",
      stdio: "pipe",
    });
    return ENTRIES.filter((entry) => hasOtherReport(entry, folder, { dist, reports })).map(({ name }) => name);
  } catch (error) {
    throw error instanceof Error && "stdout" in error ? new Error(`Cannot build the types:\n${error.stdout}`) : error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Options = { readonly [name in keyof ExtractTypesOptions]: ExtractTypesOptions[name] | undefined };

function hasOtherReport({ name, source }: Entry, types: string, { dist, reports }: Options): boolean {
  const problems: string[] = [];
  const configObject: IConfigFile = {
    projectFolder: ROOT,
    mainEntryPointFilePath: join(types, source.replace(/\.ts$/, ".d.ts")),
    newlineKind: "lf",
    compiler: { overrideTsconfig: { compilerOptions: COMPILER }, skipLibCheck: true },
    apiReport: {
      enabled: reports !== undefined,
      reportFileName: `${name}.api.md`,
      reportFolder: REPORTS,
      reportTempFolder: types,
    },
    docModel: { enabled: false },
    tsdocMetadata: { enabled: false },
    dtsRollup: {
      enabled: dist !== undefined,
      ...(dist !== undefined && { untrimmedFilePath: join(dist, `${name}.d.ts`) }),
    },
    messages: {
      extractorMessageReporting: {
        default: { logLevel: ExtractorLogLevel.Error },
        // Everything that is exported is public.
        "ae-missing-release-tag": { logLevel: ExtractorLogLevel.None },
        // The report marks what has no docstring. A type that is not exported can be in a public one.
        "ae-undocumented": { logLevel: ExtractorLogLevel.None },
        "ae-forgotten-export": { logLevel: ExtractorLogLevel.None },
      },
      tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
    },
  };
  const config = ExtractorConfig.prepare({
    configObject,
    configObjectFullPath: undefined,
    packageJsonFullPath: join(ROOT, "package.json"),
  });
  const result = Extractor.invoke(config, {
    localBuild: reports === "write",
    messageCallback(message) {
      message.handled = true;
      if (message.logLevel === ExtractorLogLevel.Error) problems.push(message.text);
    },
  });
  if (problems.length > 0) throw new Error(`Cannot publish the types of ${source}:\n  ${problems.join("\n  ")}`);
  return result.apiReportChanged;
}

/** For reading declarations alone. */
const COMPILER = {
  target: "es2022",
  lib: ["es2024", "ESNext"],
  module: "nodenext",
  moduleResolution: "nodenext",
  types: ["node"],
  strict: true,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
  noEmit: true,
};
