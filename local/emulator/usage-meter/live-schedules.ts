/** How many schedules live at a time, by what they belong to: their name without its closing number. */
export class LiveSchedules {
  readonly #most = new Map<string, number>();

  /** @param names of all schedules that are still to fire, at one moment */
  note(names: readonly string[]): void {
    for (const [owner, { length }] of Map.groupBy(names, ownerOf)) {
      this.#most.set(owner, Math.max(this.#most.get(owner) ?? 0, length));
    }
  }

  /** The most that one owner had at a time so far. */
  mostOf(owner: string): number {
    return this.#most.get(owner) ?? 0;
  }
}

function ownerOf(name: string): string {
  return name.replace(/-\d+$/, "");
}
