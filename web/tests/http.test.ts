import { describe, expect, it } from 'vitest';
import { Failure, retryAfterMs } from '../src/http/failure';
import { append, refresh, withQuery } from '../src/http/pages';
import { nextWait } from '../src/http/polling';
import { invocationOf } from '../src/http/request';

const idOf = (item: { id: string }) => item.id;
const items = (...ids: string[]) => ids.map((id) => ({ id }));

describe('pages', () => {
  it('are appended until there is no cursor', () => {
    const first = append({ items: [], nextCursor: null }, items('a', 'b'), 'c1', idOf);
    const second = append(first, items('c'), undefined, idOf);
    expect(second).toEqual({ items: items('a', 'b', 'c'), nextCursor: null });
  });

  it('show an item once if it moved to a later page', () => {
    const pages = append({ items: items('a', 'b'), nextCursor: 'c1' }, items('b', 'c'), undefined, idOf);
    expect(pages.items).toEqual(items('a', 'b', 'c'));
  });

  it('keep later pages and their cursor when the first page is read again', () => {
    const pages = refresh({ items: items('a', 'b', 'c', 'd'), nextCursor: 'c2' }, items('new', 'a'), 'c1', idOf);
    expect(pages).toEqual({ items: items('new', 'a', 'b', 'c', 'd'), nextCursor: 'c2' });
  });

  it('are replaced when only the first page is known', () => {
    expect(refresh({ items: items('a', 'b'), nextCursor: 'c1' }, items('x', 'a'), 'c2', idOf)).toEqual({ items: items('x', 'a'), nextCursor: 'c2' });
  });

  it('keep parameters apart from the cursor', () => {
    expect(withQuery('/api/orders?limit=2', { cursor: 'a&b', month: undefined })).toBe('/api/orders?limit=2&cursor=a%26b');
  });
});

describe('Retry-After', () => {
  // RFC 9110 section 10.2.3 gives these two examples.
  it('may be a number of seconds', () => expect(retryAfterMs('120', 0)).toBe(120_000));
  it('may be a date', () => {
    const now = Date.UTC(1999, 11, 31, 23, 59, 0);
    expect(retryAfterMs('Fri, 31 Dec 1999 23:59:59 GMT', now)).toBe(59_000);
  });
  it('is ignored if it is neither', () => expect(retryAfterMs('soon', 0)).toBeNull());
});

describe('polling', () => {
  const rhythm = { firstMs: 1000, mostMs: 5000 };
  it('starts again after a change', () => expect(nextWait(rhythm, 5000, 'changed', null)).toBe(1000));
  it('slows down while nothing changes', () => expect(nextWait(rhythm, 1000, 'unchanged', null)).toBe(1500));
  it('has a longest wait', () => expect(nextWait(rhythm, 4000, 'failed', null)).toBe(5000));
  it('never asks before Retry-After', () => expect(nextWait(rhythm, 1000, 'changed', 9000)).toBe(9000));
});

describe('a failure', () => {
  it('takes its texts from the problem document', async () => {
    const failure = await Failure.of(new Response(
      JSON.stringify({ type: 'https://serverlessscale.dev/problems/invalid-body', title: 'T', detail: 'D', pointer: '/quantity', status: 422 }),
      { status: 422, headers: { 'Content-Type': 'application/problem+json' } }));
    expect([failure.message, failure.detail, failure.pointer, failure.code, failure.isTemporary]).toEqual(['T', 'D', '/quantity', 'invalid-body', false]);
  });

  it('never shows the HTML of a gateway', async () => {
    const failure = await Failure.of(new Response('<h1>Bad gateway</h1>', { status: 502, headers: { 'Content-Type': 'text/html' } }));
    expect(failure.message + failure.detail).not.toContain('<');
    expect(failure.isTemporary).toBe(true);
  });

  it('is final if the app itself failed', async () => {
    const problem = JSON.stringify({ type: 'https://serverlessscale.dev/problems/internal-error', title: 'T' });
    const failure = await Failure.of(new Response(problem, { status: 500, headers: { 'Content-Type': 'application/problem+json' } }));
    expect(failure.isTemporary).toBe(false);
  });
});

it('reads the timing headers of an invocation', () => {
  const headers = new Headers({ 'X-Instance-Id': 'instance-2', 'X-Cold-Start': 'true', 'Server-Timing': 'total;dur=812.5, runtime;dur=70' });
  expect(invocationOf(headers)).toEqual({ instance: 'instance-2', cold: true, totalMs: 812.5 });
});
