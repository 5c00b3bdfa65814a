import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { asFailure, type Failure } from './http/failure';
import { append, refresh, type Pages, withQuery } from './http/pages';
import { nextWait, type Rhythm } from './http/polling';
import { request, type Answer, type Invocation, type RequestOptions } from './http/request';
import { Store, useStore } from './store';

export const online = new Store<boolean>(navigator.onLine);
addEventListener('online', () => online.set(true));
addEventListener('offline', () => online.set(false));

const visible = new Store<boolean>(!document.hidden);
document.addEventListener('visibilitychange', () => visible.set(!document.hidden));

export interface Live<T> {
  data: T | null;
  /** The last failure. It is null again after the next answer. */
  failure: Failure | null;
  invocation: Invocation | null;
  /** Asks now, for example after a change or when a person asks for another try. */
  reload: () => void;
}

export interface LiveOptions<T> {
  rhythm: Rhythm | null;
  signedIn?: boolean;
  /** Ends the polling, for example once an image is ready. */
  isFinal?: (data: T) => boolean;
}

/**
 * Reads a resource and keeps it up to date with conditional requests. Asks only while the tab is visible and online, less often while
 * nothing changes, and never before `Retry-After` has passed.
 */
export function useLive<T>(path: string | null, options: LiveOptions<T>): Live<T> {
  const [data, setData] = useState<T | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [invocation, setInvocation] = useState<Invocation | null>(null);
  const [asked, setAsked] = useState(0);
  const isVisible = useStore(visible);
  const isOnline = useStore(online);
  const known = useRef<{ path: string; etag: string | null; text: string } | null>(null);
  const settings = useRef(options);
  settings.current = options;

  useEffect(() => {
    if (known.current?.path !== path) {
      setData(null);
      setFailure(null);
    }
  }, [path]);

  useEffect(() => {
    if (path === null || !isVisible || (!isOnline && known.current !== null)) {
      return undefined;
    }

    const abort = new AbortController();
    let timer = 0;
    let wait = settings.current.rhythm?.firstMs ?? 0;

    const poll = async (): Promise<void> => {
      let outcome: 'changed' | 'unchanged' | 'failed' = 'unchanged';
      let retryAfter: number | null = null;
      let isFinal = false;
      try {
        const seen = known.current?.path === path ? known.current : null;
        const answer = await request<T>(path, {
          signal: abort.signal,
          ...(settings.current.signedIn ? { signedIn: true } : {}),
          headers: seen?.etag ? { 'If-None-Match': seen.etag } : {},
        });
        retryAfter = answer.retryAfterMs;
        setFailure(null);
        if (answer.status !== 304) {
          const text = JSON.stringify(answer.body);
          outcome = seen?.text === text ? 'unchanged' : 'changed';
          known.current = { path, etag: answer.etag, text };
          if (outcome === 'changed') {
            setData(answer.body);
          }

          setInvocation(answer.invocation);
          isFinal = settings.current.isFinal?.(answer.body) ?? false;
        } else if (seen) {
          isFinal = settings.current.isFinal?.(JSON.parse(seen.text) as T) ?? false;
        }
      } catch (error) {
        if (abort.signal.aborted) {
          return;
        }

        const failed = asFailure(error);
        setFailure(failed);
        outcome = 'failed';
        retryAfter = failed.retryAfterMs;
        isFinal = !failed.isTemporary;
      }

      const { rhythm } = settings.current;
      if (rhythm && !isFinal && !abort.signal.aborted) {
        wait = nextWait(rhythm, wait, outcome, retryAfter);
        timer = window.setTimeout(() => void poll(), wait);
      }
    };

    void poll();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [path, isVisible, isOnline, asked]);

  return { data, failure, invocation, reload: useCallback(() => setAsked((count) => count + 1), []) };
}

export interface Paged<T> {
  items: readonly T[] | null;
  failure: Failure | null;
  hasMore: boolean;
  isLoadingMore: boolean;
  loadMore: () => void;
  reload: () => void;
}

/** Reads a list page by page, and keeps its first page up to date. */
export function usePaged<T>(
  path: string | null, pick: (body: unknown) => { items: readonly T[]; nextCursor?: string | undefined }, keyOf: (item: T) => string, options: Omit<LiveOptions<unknown>, 'isFinal'>,
): Paged<T> {
  const live = useLive<unknown>(path, options);
  const [pages, setPages] = useState<Pages<T> | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isLoadingMore, setLoadingMore] = useState(false);

  useEffect(() => {
    setPages(null);
  }, [path]);

  useEffect(() => {
    if (live.data !== null) {
      const first = pick(live.data);
      setPages((known) => refresh(known ?? { items: [], nextCursor: null }, first.items, first.nextCursor, keyOf));
    }
  }, [live.data]);

  const loadMore = async (): Promise<void> => {
    if (path === null || !pages?.nextCursor || isLoadingMore) {
      return;
    }

    setLoadingMore(true);
    try {
      const answer = await request<unknown>(
        withQuery(path, { cursor: pages.nextCursor }), options.signedIn ? { signedIn: true } : {});
      const page = pick(answer.body);
      setPages((known) => append(known ?? { items: [], nextCursor: null }, page.items, page.nextCursor, keyOf));
      setFailure(null);
    } catch (error) {
      setFailure(asFailure(error));
    } finally {
      setLoadingMore(false);
    }
  };

  return {
    items: pages?.items ?? null,
    failure: failure ?? live.failure,
    hasMore: pages?.nextCursor != null,
    isLoadingMore,
    loadMore: () => void loadMore(),
    reload: live.reload,
  };
}

export interface Action<A extends unknown[]> {
  run: (...args: A) => void;
  isRunning: boolean;
  failure: Failure | null;
  clear: () => void;
}

/** Runs a change when a person asks for it, and shows its failure. A second click while the change runs has no effect. */
export function useAction<A extends unknown[]>(change: (...args: A) => Promise<void>): Action<A> {
  const [isRunning, setRunning] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const running = useRef(false);
  const run = async (...args: A): Promise<void> => {
    if (running.current) {
      return;
    }

    running.current = true;
    setRunning(true);
    setFailure(null);
    try {
      await change(...args);
    } catch (error) {
      setFailure(asFailure(error));
    } finally {
      running.current = false;
      setRunning(false);
    }
  };
  return { run: (...args) => void run(...args), isRunning, failure, clear: () => setFailure(null) };
}

export function send<T>(method: NonNullable<RequestOptions['method']>, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer<T>> {
  return request<T>(path, { method, signedIn: true, ...(body === undefined ? {} : { body }), ...(headers ? { headers } : {}) });
}
