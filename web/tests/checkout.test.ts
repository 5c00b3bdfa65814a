import { describe, expect, it } from 'vitest';
import { checkOut, type Order } from '../src/cart';
import { repeatUntilAnswered, waitBefore } from '../src/http/backoff';
import { Failure } from '../src/http/failure';
import type { Answer } from '../src/http/request';

const order: Order = { id: 'ord_1', status: 'placed', month: '2026-11', currency: 'EUR', total: 100, lines: [], createdAt: '2026-11-30T12:00:00Z' };
const answer: Answer<Order> = {
  body: order, status: 201, etag: null, retryAfterMs: null, invocation: { instance: null, cold: false, totalMs: null }, replayed: true, consistencyToken: null,
};
const noWait = () => Promise.resolve();
const nothing = () => undefined;

function memory() {
  const values = new Map<string, string>();
  return {
    values,
    getItem: (name: string) => values.get(name) ?? null,
    setItem: (name: string, value: string) => void values.set(name, value),
    removeItem: (name: string) => void values.delete(name),
  };
}

function failing(failures: Failure[], keys: string[]) {
  return (key: string) => {
    keys.push(key);
    const failure = failures.shift();
    return failure ? Promise.reject(failure) : Promise.resolve(answer);
  };
}

const lost = () => new Failure('The shop did not answer', '', 0);

describe('a checkout', () => {
  it('repeats a lost answer with the same key', async () => {
    const keys: string[] = [];
    let made = 0;
    await checkOut(failing([lost(), new Failure('', '', 500), new Failure('', '', 503)], keys), nothing, memory(), () => `key-${++made}`, noWait);
    expect(keys).toEqual(['key-1', 'key-1', 'key-1', 'key-1']);
  });

  it('keeps its key across a reload while there is no answer', async () => {
    const storage = memory();
    const keys: string[] = [];
    const silent = failing(Array.from({ length: 6 }, lost), keys);
    await expect(checkOut(silent, nothing, storage, () => 'first', noWait)).rejects.toThrow('The shop did not answer');
    await checkOut(failing([], keys), nothing, storage, () => 'second', noWait);
    expect(new Set(keys)).toEqual(new Set(['first']));
    expect(storage.values.size).toBe(0);
  });

  it('uses a new key after the shop has refused the request', async () => {
    const storage = memory();
    const keys: string[] = [];
    const refused = new Failure('The cart is empty', '', 409, null, { type: 'https://serverlessscale.dev/problems/cart-empty' });
    await expect(checkOut(failing([refused], keys), nothing, storage, () => 'first', noWait)).rejects.toBe(refused);
    await checkOut(failing([], keys), nothing, storage, () => 'second', noWait);
    expect(keys).toEqual(['first', 'second']);
  });

  it('reports each further attempt before it waits', async () => {
    const seen: number[] = [];
    await checkOut(failing([lost(), lost()], []), (attempt) => seen.push(attempt.next), memory(), () => 'key', noWait);
    expect(seen).toEqual([2, 3]);
  });
});

describe('the backoff', () => {
  it('doubles from half a second up to eight seconds', () => {
    expect([1, 2, 3, 4, 5, 6].map((failed) => waitBefore(failed, null, 0))).toEqual([500, 1000, 2000, 4000, 8000, 8000]);
  });

  it('never waits less than Retry-After', () => {
    expect(waitBefore(1, 3000, 0)).toBe(3000);
  });

  it('gives up after the last attempt', async () => {
    let sent = 0;
    await expect(repeatUntilAnswered(() => {
      sent++;
      return Promise.reject(lost());
    }, { most: 3, wait: noWait })).rejects.toBeInstanceOf(Failure);
    expect(sent).toBe(3);
  });

  it('does not repeat a request that is itself at fault', async () => {
    let sent = 0;
    await expect(repeatUntilAnswered(() => {
      sent++;
      return Promise.reject(new Failure('', '', 422));
    }, { wait: noWait })).rejects.toBeInstanceOf(Failure);
    expect(sent).toBe(1);
  });
});
