/** The pages of a list that have been read so far. */
export interface Pages<T> {
  items: readonly T[];
  nextCursor: string | null;
}

/** Appends a page. An item that moved to a later page while the list was read is shown once, in its newest form. */
export function append<T>(pages: Pages<T>, page: readonly T[], nextCursor: string | undefined, keyOf: (item: T) => string): Pages<T> {
  const newer = new Map(page.map((item) => [keyOf(item), item]));
  return { items: [...pages.items.filter((item) => !newer.has(keyOf(item))), ...newer.values()], nextCursor: nextCursor ?? null };
}

/** Merges a newly read first page into the list, and keeps the items of later pages that were already read. */
export function refresh<T>(pages: Pages<T>, first: readonly T[], nextCursor: string | undefined, keyOf: (item: T) => string): Pages<T> {
  if (pages.items.length <= first.length) {
    return { items: first, nextCursor: nextCursor ?? null };
  }

  const known = new Set(first.map(keyOf));
  return { items: [...first, ...pages.items.filter((item) => !known.has(keyOf(item)))], nextCursor: pages.nextCursor };
}

/** Adds parameters to a path, without those that are empty. */
export function withQuery(path: string, parameters: Record<string, string | number | null | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined && value !== '') {
      query.set(name, String(value));
    }
  }

  return query.size > 0 ? `${path}${path.includes('?') ? '&' : '?'}${query}` : path;
}
