/** One line of the table: what was checked, and what came of it. */
export interface Proof {
  readonly what: string;
  readonly result: "proved" | "failed" | "not proved";
  /** How it was proved, what failed, or why it was not proved. */
  readonly detail: string;
}

export const proved = (what: string, detail: string): Proof => ({ what, result: "proved", detail });
export const failed = (what: string, detail: string): Proof => ({ what, result: "failed", detail });
export const notProved = (what: string, detail: string): Proof => ({ what, result: "not proved", detail });

/** Runs a check. An error is a failure with its first line as the detail. */
export async function provedBy(what: string, check: () => Promise<string> | string): Promise<Proof> {
  try {
    return proved(what, await check());
  } catch (error) {
    return failed(what, error instanceof Error ? error.message : String(error));
  }
}

/** The table of all proofs, for a terminal. */
export function inTable(proofs: readonly Proof[]): string {
  const rows = [{ what: "Check", result: "Result", detail: "How, or why not" }, ...proofs];
  const [what, result] = [widthOf(rows.map((row) => row.what)), widthOf(rows.map((row) => row.result))];
  const lines = rows.map(
    (row) => `${row.what.padEnd(what)}  ${row.result.padEnd(result)}  ${indented(row.detail, what + result + 4)}`,
  );
  const counts = (["proved", "not proved", "failed"] as const).map(
    (each) => `${proofs.filter((proof) => proof.result === each).length} ${each}`,
  );
  return [...lines, "", counts.join(", ")].join("\n");
}

function widthOf(texts: readonly string[]): number {
  return Math.max(...texts.map(({ length }) => length));
}

function indented(text: string, columns: number): string {
  return text.split("\n").join(`\n${" ".repeat(columns)}`);
}
