import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { InstanceState, QueueState, SystemState } from '../live/model';
import { rates } from '../live/connection';
import { conditionOf, count, hitRatio, rate, words } from '../words';
import { layOut, sizes, type AppBox, type Box, type Layout, type Link } from './layout';

/** Draws a system. The table below the picture has the same content for people who do not see it. */
export function SystemPicture({ system, label }: { system: SystemState; label: string }) {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const measure = () => setWidth(Math.floor(frame.current!.clientWidth));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(frame.current!);
    return () => observer.disconnect();
  }, []);

  return (
    <div class="system" ref={frame}>
      {width > 0 && <Drawing layout={layOut(system, width)} system={system} label={label} />}
    </div>
  );
}

function Drawing({ layout, system, label }: { layout: Layout; system: SystemState; label: string }) {
  const now = performance.now();
  const rateOf = (name: string) => rates.perSecond(`${system.name}/${name}`, now);
  return (
    <svg width={layout.width} height={layout.height} viewBox={`0 0 ${layout.width} ${layout.height}`} role="img" aria-label={label}>
      {layout.apps.map(({ app, box }) => <rect key={app.name} class="frame" {...box} rx="12" />)}
      {layout.links.map((link) => <Flow key={link.key} link={link} isBusy={system.edge.inFlight > 0} rateOf={rateOf} />)}
      <Clients box={layout.clients} system={system} perSecond={rateOf('edge')} />
      <Edge box={layout.edge} columns={layout.edgeColumns} system={system} />
      {layout.apps.map((group) => <App key={group.app.name} group={group} system={system} rateOf={rateOf} />)}
      {layout.stores.map(({ store, box, lines }) => (
        <g key={store.name} class="store">
          <path d={cylinder(box)} />
          {lines.map((line, index) => <text key={index} x={box.x + 10} y={box.y + 24 + index * 14}>{line}</text>)}
          <text class="quiet" x={box.x + 10} y={box.y + 24 + lines.length * 14}>
            {store.kind}{store.lagMs !== null && `, replicas ${count(store.lagMs)} ms behind`}
          </text>
        </g>
      ))}
    </svg>
  );
}

function Flow({ link, isBusy, rateOf }: { link: Link; isBusy: boolean; rateOf: (name: string) => number }) {
  const { instance, app } = link;
  const perSecond = instance ? rateOf(instance.name)
    : app ? app.instances.reduce((sum, each) => sum + rateOf(each.name), 0)
    : rateOf('edge');
  const isActive = perSecond > 0 || (instance ? instance.inFlight > 0 : app ? app.requests > 0 : isBusy);
  const isOpen = instance ? instance.available : !app || app.instances.some(({ available }) => available);
  return (
    <path
      class="flow" data-active={isActive} data-open={isOpen} d={link.path}
      stroke-width={Math.min(1.5 + Math.sqrt(perSecond) / 2.5, 6)}
    />
  );
}

function Clients({ box, system, perSecond }: { box: Box; system: SystemState; perSecond: number }) {
  return (
    <g class="clients">
      <rect {...box} rx="10" />
      <text class="name" x={box.x + 12} y={box.y + 20}>Clients</text>
      <text class="quiet" x={box.x + 12} y={box.y + 36}>browsers and programs{system.edge.country !== 'ZZ' && ` in ${system.edge.country}`}</text>
      <text class="figure" text-anchor="end" x={box.x + box.width - 12} y={box.y + 22}>{rate(perSecond)}</text>
      <text class="quiet" text-anchor="end" x={box.x + box.width - 12} y={box.y + 36}>responses</text>
    </g>
  );
}

function Edge({ box, columns, system }: { box: Box; columns: number; system: SystemState }) {
  const { edge } = system;
  const ratio = hitRatio(system);
  const figures: [string, string, boolean?][] = [
    [count(edge.inFlight), 'in flight'],
    [count(edge.responses), 'responses'],
    [ratio === null ? '–' : `${Math.round(ratio * 100)} %`, `cache hits (${count(edge.cacheHits)})`],
    [count(edge.cacheMisses + edge.forwarded), 'went to an app'],
    [count(edge.refused), 'decided here'],
    [count(edge.unavailable), 'no instance (503)', edge.unavailable > 0],
  ];
  const width = (box.width - 2 * sizes.padding) / columns;
  return (
    <g class="edge">
      <rect {...box} rx="10" />
      <text class="name" x={box.x + 12} y={box.y + 20}>Edge</text>
      <text class="policy" text-anchor="end" x={box.x + box.width - 12} y={box.y + 20}>{words(edge.policy)}</text>
      {figures.map(([value, name, isBad], index) => {
        const x = box.x + 12 + (index % columns) * width;
        const y = box.y + sizes.edgeHead + Math.floor(index / columns) * sizes.figure;
        return (
          <g key={name}>
            <text class={isBad ? 'figure bad' : 'figure'} x={x} y={y + 18}>{value}</text>
            <text class="quiet" x={x} y={y + 32}>{name}</text>
          </g>
        );
      })}
    </g>
  );
}

function App({ group, system, rateOf }: { group: AppBox; system: SystemState; rateOf: (name: string) => number }) {
  const { app, box, instances, queues, workers } = group;
  const waiting = Math.max(0, app.requests - instances.reduce((sum, { instance }) => sum + instance.inFlight, 0));
  const most = Math.max(...instances.map(({ instance }) => rateOf(instance.name)), 0);
  const isWide = workers !== null && workers.width > 130 + app.instances.length * 130;
  const busy = app.instances.filter(({ messages }) => messages > 0);
  return (
    <g class="app">
      <text class="name" x={box.x + 12} y={box.y + 17}>{system.topology === 'monolith' ? 'One app' : app.name}</text>
      <text class="quiet" text-anchor="end" x={box.x + box.width - 12} y={box.y + 17}>
        {waiting > 0 ? `${waiting} wait` : system.scaling ? `${system.scaling.min} to ${system.scaling.max} instances` : ''}
      </text>
      {instances.length === 0 && <text class="quiet" x={box.x + 12} y={box.y + sizes.groupHead + 22}>No instance: the next request starts one.</text>}
      {instances.map((each) => <Instance key={each.instance.name} {...each} perSecond={rateOf(each.instance.name)} most={most} />)}
      {queues.length > 0 && <text class="caption" x={queues[0]!.box.x} y={queues[0]!.box.y - 5}>Queues</text>}
      {queues.map(({ queue, box: place }) => <Queue key={queue.name} queue={queue} box={place} />)}
      {workers && (
        <g class="workers">
          <rect {...workers} rx="7" />
          <text x={workers.x + 9} y={workers.y + 19}>
            <tspan class="strong">Workers </tspan>
            <tspan class="quiet">
              {busy.length > 0
                ? isWide
                  ? busy.map(({ name, messages }) => `${name} processes ${messages}`).join(', ')
                  : `process ${busy.reduce((sum, { messages }) => sum + messages, 0)}`
                : isWide ? 'the instances above take the messages; none now' : 'idle'}
            </tspan>
          </text>
        </g>
      )}
    </g>
  );
}

function Instance({ instance, box, perSecond, most }: { instance: InstanceState; box: Box; perSecond: number; most: number }) {
  const condition = conditionOf(instance);
  const right = box.x + box.width - 9;
  const lines: [string, string, boolean?][] = [
    ['in flight', count(instance.inFlight)],
    ['served', count(instance.served)],
    ['failed', count(instance.failed), instance.failed > 0],
    ['weight', count(instance.weight)],
    ['p50, p99', instance.p50Ms === null ? '–' : `${short(instance.p50Ms)}, ${short(instance.p99Ms)} ms`],
  ];
  return (
    <g class={`instance ${condition.tone}`}>
      <rect {...box} rx="8" />
      <rect class="stripe" x={box.x} y={box.y + 8} width="3" height={box.height - 16} />
      <text class="strong" x={box.x + 10} y={box.y + 17}>{instance.name}</text>
      <text class="rate" text-anchor="end" x={right} y={box.y + 17}>{perSecond > 0 ? rate(perSecond) : ''}</text>
      <text class="condition" x={box.x + 10} y={box.y + 33}>{condition.sign} {condition.text}</text>
      {lines.map(([name, value, isBad], index) => (
        <g key={name}>
          <text class="quiet" x={box.x + 10} y={box.y + 50 + index * 15}>{name}</text>
          <text class={isBad ? 'value bad' : 'value'} text-anchor="end" x={right} y={box.y + 50 + index * 15}>{value}</text>
        </g>
      ))}
      <rect class="track" x={box.x + 10} y={box.y + box.height - 11} width={box.width - 19} height="4" rx="2" />
      {most > 0 && <rect class="share" x={box.x + 10} y={box.y + box.height - 11} width={(box.width - 19) * perSecond / most} height="4" rx="2" />}
    </g>
  );
}

function Queue({ queue, box }: { queue: QueueState; box: Box }) {
  const isPoison = queue.name.endsWith('-poison');
  const x = box.x + Math.min(170, box.width * 0.56);
  const fits = Math.max(0, Math.floor((box.x + box.width - 44 - x) / 9));
  return (
    <g class={isPoison && queue.length > 0 ? 'queue bad' : 'queue'}>
      <text x={box.x} y={box.y + 14}>{queue.name}</text>
      {Array.from({ length: Math.min(queue.length, fits) }, (_, index) => <rect key={index} x={x + index * 9} y={box.y + 5} width="6" height="10" rx="1.5" />)}
      <text class="value" text-anchor="end" x={box.x + box.width} y={box.y + 14}>{count(queue.length)}</text>
    </g>
  );
}

const short = (ms: number | null): string => ms === null ? '–' : ms < 9.95 ? ms.toFixed(1) : count(Math.round(ms));

function cylinder({ x, y, width, height }: Box): string {
  const r = 6;
  return `M${x} ${y + r}a${width / 2} ${r} 0 0 1 ${width} 0v${height - 2 * r}a${width / 2} ${r} 0 0 1 ${-width} 0z`
    + `M${x} ${y + r}a${width / 2} ${r} 0 0 0 ${width} 0`;
}
