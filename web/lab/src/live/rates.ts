/** Computes rates from counts that only grow, over the last seconds. */
export class Rates {
  #samples: { at: number; counts: ReadonlyMap<string, number> }[] = [];

  constructor(readonly windowMs = 3_000) {}

  /** Adds the counts at a time in milliseconds. */
  add(at: number, counts: ReadonlyMap<string, number>): void {
    this.#samples.push({ at, counts });
    // The newest sample before the window is kept, because the window begins with its counts.
    while (this.#samples.length > 1 && this.#samples[1]!.at <= at - this.windowMs) {
      this.#samples.shift();
    }
  }

  /** Returns the rate of a count per second; 0 for a count that has just appeared or was reset. */
  perSecond(key: string, now: number): number {
    const last = this.#samples.at(-1)?.counts.get(key);
    const start = this.#samples.findLast(({ at }) => at <= now - this.windowMs) ?? this.#samples[0];
    const first = start?.counts.get(key);
    if (last === undefined || first === undefined || start === undefined || last <= first) {
      return 0;
    }

    return (last - first) * 1_000 / Math.min(Math.max(now - start.at, 250), this.windowMs);
  }
}
