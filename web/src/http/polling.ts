/** How often a view asks for changes. */
export interface Rhythm {
  /** The first wait, and the wait after a change. */
  firstMs: number;
  /** The longest wait. */
  mostMs: number;
}

export const lively: Rhythm = { firstMs: 2_000, mostMs: 20_000 };
export const calm: Rhythm = { firstMs: 10_000, mostMs: 60_000 };

/**
 * Returns the wait until the next poll. The wait grows by half while nothing changes and doubles after a failure. `Retry-After` is the
 * server's own estimate, so the wait is never shorter.
 */
export function nextWait(
  rhythm: Rhythm, previousMs: number, outcome: 'changed' | 'unchanged' | 'failed', retryAfterMs: number | null,
): number {
  const wait = outcome === 'changed' ? rhythm.firstMs : previousMs * (outcome === 'failed' ? 2 : 1.5);
  return Math.max(Math.min(Math.round(wait), rhythm.mostMs), retryAfterMs ?? 0);
}
