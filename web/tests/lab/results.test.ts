import { describe, expect, it } from 'vitest';
import { chartsOf, formatCell, hottest } from '../../lab/src/experiments/cells';
import type { Column } from '../../lab/src/live/model';
import { Rates } from '../../lab/src/live/rates';
import { conditionOf, rate, words } from '../../lab/src/words';

const column = (name: string, unit: string | null = null, decimals: number | null = null): Column => ({ name, unit, decimals });

describe('a cell', () => {
  it('has the decimals of its column', () => {
    expect(formatCell(4355.04, column('p99', 'ms', 0))).toBe('4,355');
    expect(formatCell(52, column('not found', '%', 1))).toBe('52.0');
    expect(formatCell(0.000123, column('this hour', 'USD', 6))).toBe('0.000123');
  });

  it('shows texts as they are, and a sign for nothing', () => {
    expect([formatCell('1 in 4', column('year')), formatCell(null, column('lines', null, 0)), formatCell('', column('by'))]).toEqual(['1 in 4', '–', '–']);
  });
});

describe('a chart', () => {
  it('has a bar for each row, in proportion to the longest', () => {
    const [chart] = chartsOf({
      experiment: 'sharding', columns: [column('key'), column('hottest partition of a month', '%', 1)], rows: [['month', 100], ['customer', 25], ['none', null]],
    });
    expect(chart!.bars).toEqual([{ label: 'month', text: '100.0 %', length: 1, parts: [] }, { label: 'customer', text: '25.0 %', length: 0.25, parts: [] }]);
  });

  it('divides a bar whose cell has a number for each instance', () => {
    const charts = chartsOf({
      experiment: 'balancing', columns: [column('policy'), column('requests per instance')], rows: [['a', '30 / 10'], ['b', '20 / 20'], ['c', 'unknown']],
    });
    expect(charts.map(({ bars }) => bars.map(({ label, parts }) => [label, parts]))).toEqual([[['a', [30, 10]], ['b', [20, 20]]]]);
  });

  it('finds a column by its unit too', () => {
    const [chart] = chartsOf({
      experiment: 'replica-lag', columns: [column('lag', 'ms', 0), column('read'), column('not found', null, 0), column('not found', '%', 1)],
      rows: [[50, 'without', 26, 52], [50, 'with', 0, 0]],
    });
    expect(chart!.bars.map(({ label, text }) => [label, text])).toEqual([['50 ms, without', '52.0 %'], ['50 ms, with', '0.0 %']]);
  });

  it('is omitted without numbers, without its column, and for other experiments', () => {
    const columns = [column('key'), column('hottest partition of a month', '%', 1)];
    expect(chartsOf({ experiment: 'sharding', columns, rows: [['a', 0], ['b', 0]] })).toEqual([]);
    expect(chartsOf({ experiment: 'sharding', columns: [], rows: [[], []] })).toEqual([]);
    expect(chartsOf({ experiment: 'new', columns, rows: [['a', 1], ['b', 2]] })).toEqual([]);
  });
});

it('finds the hottest cell of a heat map', () => {
  expect(hottest({ title: '', unit: '', rows: ['r1', 'r2'], columns: ['c1', 'c2'], values: [[1, 5], [7, 0]] })).toEqual({ value: 7, row: 'r2', column: 'c1' });
  expect(hottest({ title: '', unit: '', rows: [], columns: [], values: [] })).toBeNull();
});

describe('a rate', () => {
  const counts = (value: number) => new Map([['a', value]]);

  it('is the growth over the last three seconds', () => {
    const rates = new Rates();
    [0, 1_000, 2_000, 3_000, 4_000].forEach((at) => rates.add(at, counts(at / 100)));
    expect(rates.perSecond('a', 4_000)).toBe(10);
  });

  it('falls to zero while nothing happens', () => {
    const rates = new Rates();
    rates.add(0, counts(0));
    rates.add(1_000, counts(30));
    expect(rates.perSecond('a', 3_000)).toBe(10);
    expect(rates.perSecond('a', 9_000)).toBe(0);
  });

  it('is zero for a count that is new or was reset', () => {
    const rates = new Rates();
    rates.add(0, counts(500));
    rates.add(1_000, new Map([['a', 3], ['b', 3]]));
    expect([rates.perSecond('a', 1_000), rates.perSecond('b', 1_000), rates.perSecond('c', 1_000)]).toEqual([0, 0, 0]);
  });

  it('fits into the picture', () => expect([rate(0.26), rate(9.96), rate(123.4)]).toEqual(['0.3/s', '10/s', '123/s']));
});

it('describes the condition of an instance in words', () => {
  const base = { state: 'running', healthy: true, available: true, warm: true } as Parameters<typeof conditionOf>[0];
  const textOf = (change: Partial<typeof base>) => conditionOf({ ...base, ...change }).text;
  expect([
    textOf({}), textOf({ warm: false }), textOf({ healthy: false }), textOf({ available: false }), textOf({ state: 'suspended' }),
    textOf({ state: 'suspended', healthy: false }), textOf({ state: 'lost' }), textOf({ state: 'starting' }), textOf({ state: 'draining' }),
  ]).toEqual([
    'running, warm', 'running, cold', 'unhealthy', 'no requests', 'hangs, unnoticed', 'hangs, ejected', 'killed, unnoticed', 'starting', 'draining',
  ]);
});

it('separates the words of a name', () => expect(words('weightedLeastConnections')).toBe('weighted least connections'));
