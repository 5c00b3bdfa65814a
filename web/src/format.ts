const language = 'en';

/** Formats an amount in minor units. The currency determines the number of decimals, for example none for JPY. */
export function money(amount: number, currency: string): string {
  try {
    const format = new Intl.NumberFormat(language, { style: 'currency', currency });
    return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
  } catch {
    return `${amount} ${currency}`;
  }
}

export function milliseconds(ms: number): string {
  if (ms < 1) {
    return '< 1 ms';
  }

  return ms < 1_000 ? `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms` : `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

export function bytes(count: number): string {
  return count < 1_000_000 ? `${Math.max(1, Math.round(count / 1_000))} kB` : `${(count / 1_000_000).toFixed(1)} MB`;
}

const dates = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });

export function dateTime(iso: string): string {
  return dates.format(new Date(iso));
}

const times = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });

export function clock(iso: string): string {
  return times.format(new Date(iso));
}

const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });

export function ago(iso: string, now = Date.now()): string {
  const seconds = (new Date(iso).getTime() - now) / 1_000;
  const [amount, unit] = Math.abs(seconds) < 60 ? [seconds, 'second'] as const
    : Math.abs(seconds) < 3_600 ? [seconds / 60, 'minute'] as const
    : Math.abs(seconds) < 86_400 ? [seconds / 3_600, 'hour'] as const
    : [seconds / 86_400, 'day'] as const;
  return Math.abs(seconds) < 5 ? 'just now' : relative.format(Math.round(amount), unit);
}

export const plural = (count: number, one: string, many = `${one}s`): string => `${count.toLocaleString(language)} ${count === 1 ? one : many}`;
