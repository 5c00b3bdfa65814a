import { asFailure, type Failure } from './failure';

/** What a repeated request has experienced so far. */
export interface Attempt {
  /** The number of the attempt that follows, starting at 2. */
  next: number;
  most: number;
  waitMs: number;
  failure: Failure;
}

export interface RepeatOptions {
  most?: number;
  onWait?: (attempt: Attempt) => void;
  signal?: AbortSignal;
  /** Replaced in tests. */
  wait?: (ms: number, signal?: AbortSignal) => Promise<void>;
  random?: () => number;
}

/**
 * Sends a request until it gets an answer. `send` must send the same idempotency key each time, so that a request whose answer was lost is
 * not carried out twice. A failure that the request itself caused ends the attempts.
 */
export async function repeatUntilAnswered<T>(send: () => Promise<T>, options: RepeatOptions = {}): Promise<T> {
  const { most = 6, wait = pause, random = Math.random } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      options.signal?.throwIfAborted();
      const failure = asFailure(error);
      if (!failure.isTemporary || attempt >= most) {
        throw failure;
      }

      const waitMs = waitBefore(attempt, failure.retryAfterMs, random());
      options.onWait?.({ next: attempt + 1, most, waitMs, failure });
      await wait(waitMs, options.signal);
    }
  }
}

/** Returns the wait after a failed attempt: at least `Retry-After`, otherwise doubling from half a second, with up to a quarter at random. */
export function waitBefore(failed: number, retryAfterMs: number | null, random: number): number {
  const doubling = Math.min(500 * 2 ** (failed - 1), 8_000) * (1 + random / 4);
  return Math.round(Math.max(doubling, retryAfterMs ?? 0));
}

export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    }, { once: true });
  });
}
