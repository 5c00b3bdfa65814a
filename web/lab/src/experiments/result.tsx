import { Check, Warning } from '../../../src/ui/icons';
import type { HeatMap, RunState } from '../live/model';
import { count } from '../words';
import { chartsOf, formatCell, hottest, isNumeric, type Chart } from './cells';

/** The result of a run, as far as it is known. */
export function Result({ run, title }: { run: RunState; title: string }) {
  return (
    <div class="result">
      {run.conclusion && (
        <p class={run.status === 'shown' ? 'verdict good' : 'verdict bad'}>
          {run.status === 'shown' ? <Check /> : <Warning />}
          <span><strong>{run.status === 'shown' ? 'The expected effect showed.' : 'The expected effect did not show.'}</strong> {run.conclusion}</span>
        </p>
      )}
      {run.status === 'failed' && <p class="verdict bad"><Warning /><span><strong>The run could not be completed.</strong> {run.text}</span></p>}
      {run.notUndone.length > 0 && (
        <div class="verdict bad">
          <Warning />
          <div><strong>Not undone. Restart LocalCloud.</strong><ul>{run.notUndone.map((each) => <li key={each}>{each}</li>)}</ul></div>
        </div>
      )}
      {chartsOf(run).map((chart) => <Bars key={chart.title} chart={chart} />)}
      {run.heatMaps.length > 0 && (
        <div class="heat-maps">
          {run.heatMaps.map((map) => <Heat key={map.title} map={map} highest={Math.max(...run.heatMaps.flatMap(({ values }) => values.flat()))} />)}
        </div>
      )}
      {run.rows.length > 0 && <Rows run={run} title={title} />}
      {run.failed.length > 0 && (
        <p class="hint">
          Requests without success: {run.failed.map(({ request, result, count: times }) => `${count(times)} × ${request}: ${result}`).join('; ')}. They are counted here, but not in the times.
        </p>
      )}
    </div>
  );
}

function Rows({ run, title }: { run: RunState; title: string }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={`Results: ${title}`}>
      <table class="table compact">
        <thead>
          <tr>
            {run.columns.map((column, index) => (
              <th key={index} scope="col" class={isNumeric(column) ? 'number' : undefined}>
                {column.name}{column.unit && <span class="unit"> {column.unit}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {run.rows.map((row, index) => (
            <tr key={index}>
              {run.columns.map((column, at) => {
                const text = formatCell(row[at] ?? null, column);
                return at === 0 ? <th key={at} scope="row" class={isNumeric(column) ? 'number' : undefined}>{text}</th>
                  : <td key={at} class={isNumeric(column) ? 'number' : text.length > 40 ? 'long' : undefined}>{text}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The table has the same numbers, so screen readers skip the bars. */
function Bars({ chart }: { chart: Chart }) {
  return (
    <figure class="bars" aria-hidden="true">
      <figcaption>{chart.title}</figcaption>
      {chart.bars.map(({ label, text, length, parts }, index) => (
        <div key={index} class="bar-row">
          <span class="bar-label">{label}</span>
          <span class="bar-track">
            <span class="bar" style={{ width: `${length * 100}%` }}>
              {parts.map((part, at) => <span key={at} class={`part p${at % 8}`} style={{ flexGrow: part }} />)}
            </span>
          </span>
          <span class="bar-text">{text}</span>
        </div>
      ))}
    </figure>
  );
}

function Heat({ map, highest }: { map: HeatMap; highest: number }) {
  const most = hottest(map);
  return (
    <figure class="heat">
      <figcaption>
        <strong>{map.title}</strong>
        {most && <span class="hint"> hottest: {count(most.value)} {map.unit} in {most.row}, {most.column}</span>}
      </figcaption>
      <div class="scroll" tabIndex={0} role="region" aria-label={`Heat map of ${map.title}`}>
        <table>
          <thead>
            <tr>
              <td />
              {map.columns.map((column) => <th key={column} scope="col" title={column}><span aria-hidden="true">{short(column)}</span><span class="visually-hidden">{column}</span></th>)}
            </tr>
          </thead>
          <tbody>
            {map.rows.map((row, index) => (
              <tr key={row}>
                <th scope="row">{row}</th>
                {map.columns.map((column, at) => {
                  const value = map.values[index]?.[at] ?? 0;
                  return (
                    <td key={column} class={value > 0 && value === most?.value ? 'most' : undefined} style={{ '--heat': `${Math.round(highest > 0 ? value / highest * 100 : 0)}%` }}>
                      {value > 0 ? count(Math.round(value)) : ''}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}

/** A month of the year, such as `2026-01`, becomes its number. */
const short = (column: string): string => /^\d{4}-(\d{2})$/.exec(column)?.[1] ?? column;
