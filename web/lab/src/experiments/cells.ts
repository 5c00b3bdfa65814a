import type { Cell, Column, HeatMap, RunState } from '../live/model';

/** Formats a cell of a result table. A cell without a value is empty in words too, so the caller explains the sign. */
export function formatCell(cell: Cell, column: Column): string {
  if (cell === null || cell === '') {
    return '–';
  }

  if (typeof cell === 'string') {
    return cell;
  }

  const decimals = column.decimals ?? 0;
  return new Intl.NumberFormat('en', { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(cell);
}

export const isNumeric = (column: Column): boolean => column.decimals !== null;

/** A bar chart of a result table. */
export interface Chart {
  title: string;
  unit: string | null;
  bars: Bar[];
}

export interface Bar {
  label: string;
  text: string;
  /** From 0 to 1 of the longest bar. */
  length: number;
  /** The shares of the bar, for example of each instance; empty for an undivided bar. */
  parts: number[];
}

interface ChartDefinition {
  title: string;
  /** The columns that name a bar. */
  labels: string[];
  /** The column with the numbers, or with numbers between slashes such as `10 / 20 / 10`. */
  value: string;
  unit?: string;
  /** Omits rows that are no bar, for example sums. */
  omit?: RegExp;
}

/** The columns that are worth a chart. An experiment without an entry has only its table. */
const definitions: Record<string, ChartDefinition[]> = {
  'balancing': [
    { title: '99 of 100 cheap requests took at most', labels: ['policy'], value: 'cheap p99' },
    { title: 'Requests of each instance', labels: ['policy'], value: 'requests per instance' },
  ],
  'health': [{ title: 'Slowest answer to a client', labels: ['event'], value: 'slowest' }],
  'replica-lag': [{ title: 'Reads that missed the new order', labels: ['lag', 'read'], value: 'not found', unit: '%' }],
  'sharding': [{ title: 'Share of a month’s orders in its hottest partition', labels: ['key'], value: 'hottest partition of a month' }],
  'cdn': [{ title: 'Median answer time', labels: ['pictures from'], value: 'p50' }],
  'topology': [{ title: 'Memory of the workers', labels: ['topology'], value: 'memory of the workers' }],
  'cold-start': [{ title: 'One cold start', labels: ['phase'], value: 'as it is', omit: /^(cold|warm|processor)/ }],
  'price': [{ title: 'A month like this hour', labels: ['always ready'], value: 'a month like this hour' }],
};

export function chartsOf(run: Pick<RunState, 'experiment' | 'columns' | 'rows'>): Chart[] {
  return (definitions[run.experiment] ?? []).flatMap((definition) => {
    const index = run.columns.findIndex(({ name, unit }) => name === definition.value && (definition.unit ?? unit) === unit);
    const column = run.columns[index];
    if (!column) {
      return [];
    }

    const bars = run.rows.flatMap((row): (Omit<Bar, 'length'> & { value: number })[] => {
      const label = definition.labels
        .map((name) => ({ at: run.columns.findIndex((each) => each.name === name), name }))
        .filter(({ at }) => at >= 0)
        .map(({ at }) => withUnit(formatCell(row[at] ?? null, run.columns[at]!), run.columns[at]!))
        .join(', ');
      const cell = row[index] ?? null;
      if (definition.omit?.test(label)) {
        return [];
      }

      if (typeof cell === 'number') {
        return [{ label, value: cell, text: withUnit(formatCell(cell, column), column), parts: [] }];
      }

      const parts = (cell ?? '').split('/').map((part) => part.trim() === '' ? NaN : Number(part));
      return parts.length > 1 && parts.every(Number.isFinite)
        ? [{ label, value: parts.reduce((sum, part) => sum + part, 0), text: parts.join(' / '), parts }]
        : [];
    });
    const longest = Math.max(...bars.map(({ value }) => value), 0);
    return bars.length < 2 || longest <= 0
      ? []
      : [{ title: definition.title, unit: column.unit, bars: bars.map(({ value, ...bar }) => ({ ...bar, length: Math.max(0, value / longest) })) }];
  });
}

const withUnit = (text: string, { unit }: Column): string => unit ? `${text} ${unit}` : text;

/** Returns the largest value of a heat map and its place; null for an empty map. */
export function hottest({ rows, columns, values }: HeatMap): { value: number; row: string; column: string } | null {
  let found: { value: number; row: string; column: string } | null = null;
  values.forEach((line, row) => line.forEach((value, column) => {
    if (value > (found?.value ?? 0)) {
      found = { value, row: rows[row] ?? '', column: columns[column] ?? '' };
    }
  }));
  return found;
}
