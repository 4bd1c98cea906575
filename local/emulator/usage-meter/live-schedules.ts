/** The number of schedules at the same time per owner, which is their name without the number at its end. */
export class LiveSchedules {
  readonly #most = new Map<string, number>();

  /** @param names all schedules that have not fired yet */
  note(names: readonly string[]): void {
    for (const [owner, { length }] of Map.groupBy(names, ownerOf)) {
      this.#most.set(owner, Math.max(this.#most.get(owner) ?? 0, length));
    }
  }

  /** The maximum that an owner had at the same time. */
  mostOf(owner: string): number {
    return this.#most.get(owner) ?? 0;
  }
}

function ownerOf(name: string): string {
  return name.replace(/-\d+$/, "");
}
