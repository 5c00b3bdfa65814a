import { useState } from 'preact/hooks';
import { milliseconds, plural } from '../format';
import { useLive } from '../hooks';
import { calm } from '../http/polling';
import { AnsweredBy, Empty, Loading, Problem } from '../ui/feedback';
import { Flake } from '../ui/icons';
import { PhaseBar } from '../ui/phases';

interface Quantiles {
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
}

interface FunctionReport extends Quantiles {
  name: string;
  count: number;
  cold: number;
  failed?: number;
  phases: Record<string, Quantiles>;
}

interface Report {
  invocations: number;
  coldStarts: number;
  truncated?: boolean;
  functions: FunctionReport[];
}

/**
 * The phases of a start in their order. The wait for the first request is left out, because the instance is then ready and does nothing. The
 * phases within the first invocation are left out, too, because they are part of it.
 */
const order: [member: string, name: string][] = [
  ['runtime', 'runtime'], ['configuring', 'configuration'], ['containerBuilding', 'container'], ['hostBuilding', 'host'],
  ['streamOpening', 'stream'], ['hostConnecting', 'connection to the host'], ['firstInvocation', 'first invocation'],
];
const periods: [hours: number, label: string][] = [[1, 'last hour'], [24, 'last day'], [24 * 7, 'last week']];

export function ColdStarts() {
  const [hours, setHours] = useState(24);
  // The time is rounded, so that the path stays the same while the view polls.
  const [since, setSince] = useState(() => sinceOf(24));
  const report = useLive<Report>(`/api/cold-starts?since=${encodeURIComponent(since)}`, { rhythm: calm, signedIn: true });
  const functions = report.data?.functions.filter((entry) => entry.count > 0) ?? [];
  const cold = functions.filter((entry) => coldTotal(entry) > 0);
  const slowest = Math.max(1, ...functions.map((entry) => Math.max(coldTotal(entry), entry.p95Ms)));
  return (
    <>
      <header class="title">
        <h1 tabIndex={-1}>Cold starts</h1>
        <div class="tabs" role="group" aria-label="Period">
          {periods.map(([count, label]) => (
            <button key={count} type="button" aria-pressed={hours === count} onClick={() => { setHours(count); setSince(sinceOf(count)); }}>{label}</button>
          ))}
        </div>
      </header>
      <p class="lead">The first invocation on a new instance includes the start of its process. The bars compare it with all invocations of the same function.</p>
      <Problem failure={report.failure} onRetry={report.reload} />
      {report.data === null && report.failure === null && <Loading what="the report" />}
      {report.data !== null && functions.length === 0 && (
        <Empty icon={<Flake />} title="Nothing was measured yet"><p>Instances report their invocations about once a minute.</p></Empty>
      )}
      {report.data !== null && functions.length > 0 && (
        <>
          <dl class="figures">
            <div><dt>invocations</dt><dd>{report.data.invocations.toLocaleString('en')}</dd></div>
            <div><dt>cold starts</dt><dd>{report.data.coldStarts.toLocaleString('en')}</dd></div>
            <div><dt>share</dt><dd>{share(report.data)}</dd></div>
          </dl>
          {cold.length > 0 && (
            <section>
              <h2>What a cold start consists of</h2>
              <p class="hint">Median of each phase, by the function whose invocation was the first of its process.</p>
              <ul class="starts">
                {cold.map((entry) => (
                  <li key={entry.name}>
                    <h3>{entry.name} <span class="hint">{plural(entry.cold, 'cold start')}, {milliseconds(coldTotal(entry))}</span></h3>
                    <PhaseBar phases={phasesOf(entry)} label={`Phases of ${entry.name}`} scaleMs={Math.max(...cold.map(coldTotal))} />
                  </li>
                ))}
              </ul>
            </section>
          )}
          <section>
            <h2>Cold against warm</h2>
            <p><span class="legend"><i class="swatch p2" />a cold start</span><span class="legend"><i class="swatch p1" />the median of all invocations</span></p>
            <div class="scroll" tabIndex={0} role="region" aria-label="Durations of each function">
              <table class="table">
                <thead><tr><th scope="col">Function</th><th scope="col" class="number">Count</th><th scope="col" class="number">Cold</th><th scope="col">Cold start and median</th><th scope="col" class="number">p50</th><th scope="col" class="number">p95</th><th scope="col" class="number">p99</th></tr></thead>
                <tbody>
                  {functions.map((entry) => (
                    <tr key={entry.name}>
                      <th scope="row">{entry.name}</th>
                      <td class="number">{entry.count.toLocaleString('en')}</td>
                      <td class="number">{entry.cold || '–'}</td>
                      <td class="compare" aria-hidden="true">
                        {coldTotal(entry) > 0 && <span class="measure cold" style={{ width: `${(coldTotal(entry) / slowest) * 100}%` }} />}
                        <span class="measure warm" style={{ width: `${Math.max(0.6, (entry.p50Ms / slowest) * 100)}%` }} />
                      </td>
                      <td class="number">{milliseconds(entry.p50Ms)}</td><td class="number">{milliseconds(entry.p95Ms)}</td><td class="number">{milliseconds(entry.p99Ms)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </section>
          <AnsweredBy invocation={report.invocation} />
        </>
      )}
    </>
  );
}

function sinceOf(hours: number): string {
  const minute = Math.floor(Date.now() / 60_000) * 60_000;
  return new Date(minute - hours * 3_600_000).toISOString().replace('.000Z', 'Z');
}

function phasesOf(entry: FunctionReport): { name: string; ms: number }[] {
  return order.map(([member, name]) => ({ name, ms: entry.phases[member]?.p50Ms ?? 0 }));
}

function coldTotal(entry: FunctionReport): number {
  return phasesOf(entry).reduce((sum, phase) => sum + phase.ms, 0);
}

function share(report: Report): string {
  const percent = (report.coldStarts / Math.max(1, report.invocations)) * 100;
  return `${percent < 1 ? percent.toFixed(2) : percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`;
}
