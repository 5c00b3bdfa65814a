import { pause, waitBefore } from '../../../src/http/backoff';
import { Failure } from '../../../src/http/failure';
import { Store } from '../../../src/store';
import { LabApi } from './api';
import { EventParser } from './events';
import { isActive, type Experiment, type LabState, type RunState } from './model';
import { Rates } from './rates';

export type Connection =
  | { status: 'connecting' | 'live' | 'paused' }
  | { status: 'waiting'; until: number; message: string; detail: string };

/** LocalCloud sends a comment at least every 15 seconds. A stream that is silent for longer is broken. */
const silenceLimitMs = 40_000;

export const connection = new Store<Connection>({ status: 'connecting' });
export const experiments = new Store<readonly Experiment[] | null>(null);
export const labState = new Store<LabState | null>(null);
/** The most recent run of each experiment that this page has seen. */
export const runs = new Store<ReadonlyMap<string, RunState>>(new Map());
export const rates = new Rates();

const api = new LabApi();
let wake: (() => void) | null = null;

/** Follows the laboratory until the page is left. */
export async function follow(): Promise<never> {
  let failed = 0;
  for (;;) {
    if (document.hidden) {
      connection.set({ status: 'paused' });
      await nextWake();
      failed = 0;
    }

    const abort = new AbortController();
    const onHidden = () => document.hidden && abort.abort();
    document.addEventListener('visibilitychange', onHidden);
    try {
      await readStream(abort, () => { failed = 0; });
      throw new Error('LocalCloud closed it.');
    } catch (failure) {
      if (document.hidden) {
        continue;
      }

      failed++;
      const waitMs = waitBefore(failed, null, Math.random());
      connection.set({ status: 'waiting', until: Date.now() + waitMs, ...describe(failure) });
      const waiting = new AbortController();
      await Promise.race([pause(waitMs), nextWake(waiting.signal)]);
      waiting.abort();
    } finally {
      document.removeEventListener('visibilitychange', onHidden);
      abort.abort();
    }
  }
}

/** Connects now instead of after the wait. */
export function connectNow(): void {
  wake?.();
}

export async function start(experiment: string, options: Record<string, string>): Promise<void> {
  keep(await api.start(experiment, options));
}

export async function cancel(run: Pick<RunState, 'experiment' | 'id'>): Promise<void> {
  keep(await api.cancel(run));
}

async function readStream(abort: AbortController, onLive: () => void): Promise<void> {
  if (connection.value.status !== 'waiting') {
    connection.set({ status: 'connecting' });
  }

  // The experiments may differ after a restart of LocalCloud.
  experiments.set(await api.experiments(abort.signal));
  const response = await api.open('events', abort.signal);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const parser = new EventParser();
  onLive();
  connection.set({ status: 'live' });
  let isFirst = true;
  for (;;) {
    const silence = setTimeout(() => abort.abort(new Error('LocalCloud has sent nothing for 40 seconds.')), silenceLimitMs);
    try {
      const { done, value } = await reader.read();
      if (done) {
        return;
      }

      for (const { name, data } of parser.add(value)) {
        if (name === 'state') {
          receiveState(JSON.parse(data) as LabState, isFirst);
          isFirst = false;
        } else if (name === 'run') {
          keep(JSON.parse(data) as RunState);
        }
      }
    } finally {
      clearTimeout(silence);
    }
  }
}

function receiveState(state: LabState, isFirst: boolean): void {
  rates.add(performance.now(), countsOf(state));
  labState.set(state);
  // A run that was active when LocalCloud stopped never ends.
  const lost = isFirst && [...runs.value.values()].find((run) => isActive(run.status) && run.id !== state.run?.id);
  if (lost) {
    keep({ ...lost, status: 'failed', text: 'LocalCloud was restarted during the run.' });
  }
}

function keep(run: RunState): void {
  const known = runs.value.get(run.experiment);
  // The response to a request may arrive after a newer state in the stream.
  if (known?.id !== run.id || !known.endedAt || run.endedAt) {
    runs.set(new Map(runs.value).set(run.experiment, run));
  }
}

function countsOf(state: LabState): Map<string, number> {
  const counts = new Map<string, number>();
  for (const system of [state.system, ...(state.guest ? [state.guest] : [])]) {
    counts.set(`${system.name}/edge`, system.edge.responses);
    for (const instance of system.apps.flatMap((app) => app.instances)) {
      counts.set(`${system.name}/${instance.name}`, instance.served + instance.failed);
    }
  }

  return counts;
}

/** Waits until the tab is shown, or `connectNow` is called. */
function nextWake(signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const listening = new AbortController();
    const end = () => {
      listening.abort();
      wake = null;
      resolve();
    };
    const onChange = () => !document.hidden && end();
    wake = end;
    document.addEventListener('visibilitychange', onChange, { signal: listening.signal });
    signal?.addEventListener('abort', end, { once: true });
  });
}

function describe(failure: unknown): { message: string; detail: string } {
  return failure instanceof Failure ? { message: failure.message, detail: failure.detail }
    // fetch reports a connection that failed as a TypeError.
    : failure instanceof TypeError ? { message: 'LocalCloud does not respond', detail: 'Is it still running? The picture below is the last one.' }
    : { message: 'The connection to LocalCloud ended', detail: failure instanceof Error ? failure.message : '' };
}
