import { describe, expect, it } from 'vitest';
import type { AppState, InstanceState, SystemState } from '../../lab/src/live/model';
import { layOut, wrap, type Box } from '../../lab/src/picture/layout';

const instance = (name: string): InstanceState => ({
  name, state: 'running', processId: 1, port: 1, warm: true, startMs: 1, healthy: true, available: true, weight: 50, inFlight: 0, messages: 0,
  served: 0, failed: 0, p50Ms: null, p99Ms: null, memoryMb: 1,
});

const app = (name: string, instances: number, queues: string[] = []): AppState => ({
  name, requests: 0, instances: Array.from({ length: instances }, (_, index) => instance(`${name}-${index + 1}`)), queues: queues.map((queue) => ({ name: queue, length: 0 })),
});

const system = (...apps: AppState[]): SystemState => ({
  name: 'shop', topology: 'monolith', scaling: null, apps,
  edge: {
    address: '', policy: 'roundRobin', country: 'ZZ', inFlight: 0, responses: 0, unavailable: 0, cacheHits: 0, cacheMisses: 0, forwarded: 0, refused: 0,
  },
  stores: ['photographs, products and queues', 'orders', 'carts'].map((name) => ({ name, kind: 'azurite', lagMs: null })),
});

const systems: [string, SystemState][] = [
  ['one instance', system(app('instance', 1, ['image-jobs', 'image-jobs-poison']))],
  ['eight instances', system(app('instance', 8, ['image-jobs']))],
  ['no instance', system(app('instance', 0, ['image-jobs']))],
  ['five apps', system(app('catalogue', 1), app('cart', 4), app('orders', 0), app('images', 2, ['image-jobs']), app('webhooks', 1, ['deliveries']))],
];

const overlaps = (a: Box, b: Box) => a.x < b.x + b.width - 0.01 && b.x < a.x + a.width - 0.01 && a.y < b.y + b.height - 0.01 && b.y < a.y + a.height - 0.01;
const contains = (a: Box, b: Box) => b.x >= a.x - 0.01 && b.y >= a.y && b.x + b.width <= a.x + a.width + 0.01 && b.y + b.height <= a.y + a.height;

describe.each(systems)('the picture of %s', (_, of) => {
  it.each([328, 500, 760, 1100])('has no overlapping parts, and nothing outside, at a width of %d pixels', (width) => {
    const layout = layOut(of, width);
    const parts = [layout.clients, layout.edge, ...layout.apps.map(({ box }) => box), ...layout.stores.map(({ box }) => box)];
    parts.forEach((part, index) => {
      expect(contains({ x: 0, y: 0, width, height: layout.height }, part)).toBe(true);
      parts.slice(index + 1).forEach((other) => expect(overlaps(part, other)).toBe(false));
    });
    for (const { box, instances, queues, workers } of layout.apps) {
      const inner = [...instances.map((each) => each.box), ...queues.map((each) => each.box), ...(workers ? [workers] : [])];
      inner.forEach((part, index) => {
        expect(contains(box, part)).toBe(true);
        inner.slice(index + 1).forEach((other) => expect(overlaps(part, other)).toBe(false));
      });
    }
  });

  it('leads requests to every app, and every app to the stores', () => {
    const links = layOut(of, 760).links;
    for (const each of of.apps) {
      expect(links.filter(({ app: to, key }) => to === each && !key.endsWith('to stores')).length).toBeGreaterThan(0);
      expect(links.some(({ key }) => key === `${each.name} to stores`)).toBe(true);
    }
  });
});

it('leads requests to each instance if all are in one row', () => {
  const { links } = layOut(system(app('instance', 4)), 760);
  expect(links.flatMap((link) => link.instance?.name ?? [])).toEqual(['instance-1', 'instance-2', 'instance-3', 'instance-4']);
});

it('shows a poison queue only if it has messages', () => {
  const namesFor = (length: number) => {
    const of = app('instance', 1, ['image-jobs', 'image-jobs-poison']);
    of.queues[1]!.length = length;
    return layOut(system(of), 760).apps[0]!.queues.map(({ queue }) => queue.name);
  };
  expect([namesFor(0), namesFor(1)]).toEqual([['image-jobs'], ['image-jobs', 'image-jobs-poison']]);
});

it('breaks texts between words', () => {
  expect(wrap('photographs, products and queues', 20)).toEqual(['photographs,', 'products and queues']);
  expect(wrap('incomprehensibilities', 5)).toEqual(['incomprehensibilities']);
});
