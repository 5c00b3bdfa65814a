import { useEffect, useState } from 'preact/hooks';
import { clock } from '../../../src/format';
import { useStore } from '../../../src/store';
import { labState } from '../live/connection';
import type { LabEvent, SystemState } from '../live/model';
import { conditionOf, count, summaryOf } from '../words';
import { SystemPicture } from './system';

/** The running system, its recent events, and its figures as a table. */
export function Picture() {
  const state = useStore(labState);
  useTicks(state !== null);
  if (state === null) {
    return (
      <div class="loading" role="status">
        <span class="visually-hidden">Loading the state of the system…</span>
        {[46, 110, 240, 58].map((height) => <div key={height} class="skeleton" style={{ height: `${height}px` }} />)}
      </div>
    );
  }

  return (
    <>
      <SystemPicture system={state.system} label={summaryOf(state)} />
      {state.guest && (
        <section class="guest">
          <h3>Beside the shop, for this experiment: {state.guest.name}</h3>
          <SystemPicture system={state.guest} label={summaryOf({ ...state, system: state.guest })} />
        </section>
      )}
      <Events events={state.events} />
      <details class="figures">
        <summary>The instances as a table</summary>
        <Figures systems={state.guest ? [state.system, state.guest] : [state.system]} />
      </details>
    </>
  );
}

/** Rates fall while nothing happens, and then no new state arrives. */
function useTicks(isRunning: boolean): void {
  const [, setTick] = useState(0);
  useEffect(() => {
    const timer = isRunning ? setInterval(() => !document.hidden && setTick((tick) => tick + 1), 1_000) : undefined;
    return () => clearInterval(timer);
  }, [isRunning]);
}

function Events({ events }: { events: readonly LabEvent[] }) {
  return (
    <section class="events" aria-labelledby="events">
      <h3 id="events">What happened</h3>
      {events.length === 0
        ? <p class="hint">Nothing yet. Instances that start, stop or fail appear here.</p>
        : (
          <ol tabIndex={0} aria-labelledby="events">
            {events.toReversed().map(({ id, at, kind, text }) => (
              <li key={id}><time dateTime={at}>{clock(at)}</time><span class={`kind of-${kind}`}>{kind}</span><span>{text}</span></li>
            ))}
          </ol>
        )}
    </section>
  );
}

function Figures({ systems }: { systems: readonly SystemState[] }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Instances">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">instance</th><th scope="col">condition</th>
            {['process', 'in flight', 'messages', 'served', 'failed', 'weight', 'start ms', 'memory MB'].map((name) => <th key={name} scope="col" class="number">{name}</th>)}
          </tr>
        </thead>
        <tbody>
          {systems.flatMap((system) => system.apps.flatMap((app) => app.instances).map((instance) => (
            <tr key={`${system.name}/${instance.name}`}>
              <th scope="row">{systems.length > 1 && `${system.name}: `}{instance.name}</th>
              <td>{conditionOf(instance).text}</td>
              {[instance.inFlight, instance.messages, instance.served, instance.failed, instance.weight, instance.startMs, instance.memoryMb]
                .map((value) => value === null ? '–' : count(Math.round(value)))
                .toSpliced(0, 0, instance.processId?.toString() ?? '–')
                .map((text, index) => <td key={index} class="number">{text}</td>)}
            </tr>
          )))}
        </tbody>
      </table>
    </div>
  );
}
