import { session } from '../auth/session';
import { Failure, retryAfterMs } from './failure';

/** What the response headers say about the invocation. A response from a cache has none of these headers. */
export interface Invocation {
  instance: string | null;
  cold: boolean;
  totalMs: number | null;
}

export interface Answer<T> {
  /** The parsed body; null if the status is 204 or 304. */
  body: T;
  status: number;
  etag: string | null;
  retryAfterMs: number | null;
  invocation: Invocation;
  /** Whether the server recognized a repeated request by its idempotency key. */
  replayed: boolean;
  consistencyToken: string | null;
}

export interface RequestOptions {
  method?: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  body?: unknown;
  headers?: Record<string, string>;
  /** Whether the operation needs a token. The request is not sent if nobody is signed in. */
  signedIn?: boolean;
  signal?: AbortSignal;
}

/** A request without a response fails after this time, so that the page can repeat it. The host answers within 240 seconds. */
const patienceMs = 30_000;

/**
 * Sends a request to the shop.
 * @throws {Failure} The response is an error, or there is no response.
 */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<Answer<T>> {
  const headers = new Headers(options.headers);
  if (options.signedIn) {
    headers.set('Authorization', `Bearer ${await session.token()}`);
  }

  if (options.body !== undefined) {
    headers.set('Content-Type', 'application/json');
  }

  const timeout = AbortSignal.timeout(patienceMs);
  let response: Response;
  try {
    response = await fetch(path, {
      method: options.method ?? 'GET',
      headers,
      // The page sends If-None-Match itself, so that it sees a 304.
      cache: 'no-store',
      signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
  } catch (error) {
    options.signal?.throwIfAborted();
    throw Failure.noAnswer(error);
  }

  if (!response.ok && response.status !== 304) {
    const failure = await Failure.of(response);
    session.refused(failure);
    throw failure;
  }

  let body: unknown = null;
  if (response.status !== 204 && response.status !== 304) {
    try {
      body = await response.json();
    } catch (error) {
      options.signal?.throwIfAborted();
      throw Failure.noAnswer(error);
    }
  }

  const received = response.headers;
  return {
    body: body as T,
    status: response.status,
    etag: received.get('ETag'),
    retryAfterMs: retryAfterMs(received.get('Retry-After'), Date.now()),
    invocation: invocationOf(received),
    replayed: received.get('Idempotency-Replayed') === 'true',
    consistencyToken: received.get('Consistency-Token'),
  };
}

export function invocationOf(headers: Headers): Invocation {
  const total = /(?:^|,)\s*total;dur=([\d.]+)/.exec(headers.get('Server-Timing') ?? '');
  return {
    instance: headers.get('X-Instance-Id'),
    cold: headers.get('X-Cold-Start') === 'true',
    totalMs: total ? Number(total[1]) : null,
  };
}
