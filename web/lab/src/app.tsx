import { useEffect, useRef, useState } from 'preact/hooks';
import { useStore } from '../../src/store';
import { Layers, Warning } from '../../src/ui/icons';
import { Card } from './experiments/card';
import { cancel, connection, connectNow, experiments, labState, runs, type Connection } from './live/connection';
import { isActive, type Experiment, type RunState } from './live/model';
import { Picture } from './picture/picture';

export function App() {
  const main = useRef<HTMLElement>(null);
  const current = useStore(connection);
  const list = useStore(experiments);
  const running = [...useStore(runs).values()].find((run) => isActive(run.status));
  const runningTitle = list?.find(({ name }) => name === running?.experiment)?.title ?? running?.experiment ?? '';
  const isLive = current.status === 'live';
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); main.current?.focus(); }}>Skip to the content</a>
      <header class="site">
        <a class="brand" href="/lab"><Layers /><span>ServerlessScale laboratory</span></a>
        <div class="tools"><Live of={current} /><Dashboard /><a class="button small" href="/">To the shop</a></div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        <h1>See how a shop scales</h1>
        <p class="lead">
          The picture shows the shop that runs on this machine now. Each experiment changes something, for example kills an instance, shows the
          effect in the picture and in numbers, and undoes its change.
        </p>
        {current.status === 'waiting' && <Waiting {...current} isRunning={running !== undefined} />}
        <div class="lab">
          <section class="picture" aria-labelledby="system" data-stale={!isLive}>
            <h2 id="system" class="visually-hidden">The running system</h2>
            {running && <Running run={running} title={runningTitle} isLive={isLive} />}
            <Picture />
          </section>
          <section class="experiments" aria-labelledby="experiments">
            <h2 id="experiments">Experiments</h2>
            <List list={list} running={running} runningTitle={runningTitle} isLive={isLive} />
          </section>
        </div>
      </main>
      <footer>
        <p>The laboratory is part of LocalCloud, the development tool. The shop itself knows nothing of it. All together: <code>dotnet run --project tools/LocalCloud -- lab --all</code></p>
      </footer>
    </>
  );
}

function List({ list, running, runningTitle, isLive }: {
  list: readonly Experiment[] | null; running: RunState | undefined; runningTitle: string; isLive: boolean;
}) {
  if (list === null) {
    return (
      <div class="loading" role="status">
        <span class="visually-hidden">Loading the experiments…</span>
        {[0, 1, 2].map((index) => <div key={index} class="skeleton tall" />)}
      </div>
    );
  }

  return list.length === 0
    ? <p class="hint">This version of LocalCloud has no experiments.</p>
    : (
      <div class="cards">
        {list.map((experiment, index) => (
          <Card
            key={experiment.name} experiment={experiment} number={index + 1} isLive={isLive}
            blockedBy={running && running.experiment !== experiment.name ? runningTitle : null}
          />
        ))}
      </div>
    );
}

/** Stays beside the picture, so that a run can be followed and cancelled wherever its card is. */
function Running({ run, title, isLive }: { run: RunState; title: string; isLive: boolean }) {
  return (
    <div class="running">
      <div class="grow" role="status">
        <strong><a href={`#${run.experiment}`}>{title}</a></strong>
        <p class="hint">{run.text}</p>
      </div>
      <button
        type="button" class="button small" disabled={!isLive || run.status === 'undoing'}
        onClick={() => void cancel(run).catch(() => undefined)}
      >
        Cancel
      </button>
      <progress max={1} value={run.progress} aria-label={`Progress of ${title}`} />
    </div>
  );
}

/** Links to the Aspire dashboard, if LocalCloud runs it (`--dashboard`). */
function Dashboard() {
  const address = useStore(labState)?.dashboard;
  return address ? <a class="button small" href={address} target="_blank" rel="noreferrer">Traces and logs</a> : null;
}

function Live({ of }: { of: Connection }) {
  const [tone, text] = of.status === 'live' ? ['good', 'Live']
    : of.status === 'paused' ? ['quiet', 'Paused']
    : of.status === 'connecting' ? ['quiet', 'Connecting']
    : ['bad', 'Not connected'];
  return <span class={`status ${tone}`} role="status">{text}</span>;
}

function Waiting({ until, message, detail, isRunning }: { until: number; message: string; detail: string; isRunning: boolean }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.ceil((until - now) / 1_000));
  return (
    <div class="problem">
      <Warning />
      <div>
        <strong role="alert">{message}</strong>
        <p>{detail} {seconds > 0 ? `The page tries again in ${seconds} s.` : 'The page tries again now.'}</p>
        {isRunning && <p>The experiment continues without this page, ends by itself, and undoes its changes.</p>}
        <button type="button" class="button small" onClick={connectNow}>Try now</button>
      </div>
    </div>
  );
}
