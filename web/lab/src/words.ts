import type { InstanceState, LabState, RunStatus, SystemState } from './live/model';

const numbers = new Intl.NumberFormat('en');

export const count = (value: number): string => numbers.format(value);

/** A rate with as many digits as fit into the picture. */
export const rate = (perSecond: number): string => `${perSecond >= 9.95 ? Math.round(perSecond) : Math.round(perSecond * 10) / 10}/s`;

/** `leastConnections` becomes `least connections`. */
export const words = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

export interface Condition {
  /** The appearance. The text never depends on it alone. */
  tone: 'good' | 'info' | 'warm' | 'bad';
  sign: string;
  text: string;
}

/** Describes the condition of an instance in at most three words. */
export function conditionOf({ state, healthy, available, warm }: InstanceState): Condition {
  switch (state) {
    case 'starting': return { tone: 'info', sign: '◔', text: 'starting' };
    case 'draining': return { tone: 'info', sign: '▾', text: 'draining' };
    case 'suspended': return { tone: 'bad', sign: '❚❚', text: healthy ? 'hangs, unnoticed' : 'hangs, ejected' };
    case 'lost': return { tone: 'bad', sign: '✕', text: available ? 'killed, unnoticed' : 'killed' };
    case 'running':
      return !healthy ? { tone: 'bad', sign: '!', text: 'unhealthy' }
        : !available ? { tone: 'warm', sign: '–', text: 'no requests' }
        : { tone: 'good', sign: '●', text: warm ? 'running, warm' : 'running, cold' };
  }
}

export const hitRatio = ({ edge }: SystemState): number | null =>
  edge.cacheHits + edge.cacheMisses === 0 ? null : edge.cacheHits / (edge.cacheHits + edge.cacheMisses);

/** One sentence for people who do not see the picture. */
export function summaryOf({ system }: LabState): string {
  const instances = system.apps.flatMap((app) => app.instances);
  const running = instances.filter(({ state }) => state === 'running').length;
  const messages = system.apps.flatMap((app) => app.queues).reduce((sum, queue) => sum + queue.length, 0);
  return `The ${system.name} runs as ${system.topology}: ${running} of ${instances.length} instances are running, `
    + `${system.edge.inFlight} requests are in flight, and ${messages} messages are queued.`;
}

export const outcomes: Record<RunStatus, { text: string; tone: 'good' | 'info' | 'bad' | 'quiet' }> = {
  running: { text: 'Running', tone: 'info' },
  undoing: { text: 'Undoing its changes', tone: 'info' },
  shown: { text: 'Effect shown', tone: 'good' },
  notShown: { text: 'Effect not shown', tone: 'bad' },
  cancelled: { text: 'Cancelled', tone: 'quiet' },
  failed: { text: 'Failed', tone: 'bad' },
};
