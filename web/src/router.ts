import { Store } from './store';

/** The path after `#`, split at slashes. The server serves one page, so that no route of the page can hide a route of the API. */
const current = (): readonly string[] => location.hash.replace(/^#\/?/, '').split('/').filter(Boolean).map(decoded);

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

export const route = new Store<readonly string[]>(current());

export function startRouting(): void {
  addEventListener('hashchange', () => route.set(current()));
}
