import { useId, useState } from 'preact/hooks';
import { asFailure, type Failure } from '../../../src/http/failure';
import { useStore } from '../../../src/store';
import { Warning } from '../../../src/ui/icons';
import { cancel, runs, start } from '../live/connection';
import { isActive, type Experiment, type Option } from '../live/model';
import { outcomes } from '../words';
import { Result } from './result';

/** An experiment: why it matters, its options, a button, and the result of its last run. */
export function Card({ experiment, number, isLive, blockedBy }: {
  experiment: Experiment;
  number: number;
  isLive: boolean;
  /** The title of the experiment that is running, if that is another one. */
  blockedBy: string | null;
}) {
  const id = useId();
  const run = useStore(runs).get(experiment.name);
  const [values, setValues] = useState(() => Object.fromEntries(experiment.options.map((option) => [option.name, option.default])));
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isSending, setSending] = useState(false);
  const running = isActive(run?.status);

  const send = async (change: () => Promise<void>): Promise<void> => {
    setSending(true);
    setFailure(null);
    try {
      await change();
    } catch (error) {
      setFailure(asFailure(error));
    } finally {
      setSending(false);
    }
  };

  const outcome = run && outcomes[run.status];
  return (
    <article class="card experiment" id={experiment.name} data-running={running} aria-labelledby={`${id}-title`}>
      <header>
        <span class="number" aria-hidden="true">{number}</span>
        <h3 id={`${id}-title`}>{experiment.title}</h3>
        {outcome && <span class={`status ${outcome.tone}`}>{outcome.text}</span>}
      </header>
      <p>{experiment.why}</p>
      <p class="hint"><strong>Expected:</strong> {experiment.expects}</p>
      <form onSubmit={(event) => { event.preventDefault(); void send(() => start(experiment.name, values)); }}>
        {experiment.options.length > 0 && (
          <div class="options">
            {experiment.options.map((option) => (
              <Field
                key={option.name} id={`${id}-${option.name}`} option={option} value={values[option.name] ?? option.default} disabled={running}
                isInvalid={failure?.pointer === `/options/${option.name}`}
                onChange={(value) => setValues((known) => ({ ...known, [option.name]: value }))}
              />
            ))}
          </div>
        )}
        <div class="row wrap">
          {running
            ? (
              <button type="button" class="button danger" disabled={!isLive || isSending || run?.status === 'undoing'} onClick={() => void send(() => cancel(run!))}>
                Cancel<span class="visually-hidden"> {experiment.title}</span>
              </button>
            )
            : (
              <button type="submit" class="button primary" disabled={!isLive || isSending || blockedBy !== null}>
                {run ? 'Run again' : 'Run'}<span class="visually-hidden"> {experiment.title}</span>
              </button>
            )}
          <span class="hint">
            {running ? run!.text : blockedBy !== null ? `Waits for “${blockedBy}”` : `about ${duration(experiment.seconds)}`}
          </span>
        </div>
      </form>
      {running && <progress max={1} value={run!.progress} aria-label={`Progress of ${experiment.title}`} />}
      {failure && (
        <div class="problem" role="alert">
          <Warning />
          <div><strong>{failure.message}</strong>{failure.detail && <p>{failure.detail}</p>}</div>
        </div>
      )}
      {run && <Result run={run} title={experiment.title} />}
      <details class="sources">
        <summary>Code and command</summary>
        <dl>
          <dt>The idea</dt><dd><code>{experiment.code}</code></dd>
          <dt>The experiment</dt><dd><code>{experiment.file}</code></dd>
          <dt>In a terminal</dt><dd><code>dotnet run --project tools/LocalCloud -- lab {experiment.name}</code></dd>
        </dl>
      </details>
    </article>
  );
}

const duration = (seconds: number): string => seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} minutes`;

function Field({ id, option, value, disabled, isInvalid, onChange }: {
  id: string; option: Option; value: string; disabled: boolean; isInvalid: boolean; onChange: (value: string) => void;
}) {
  const { min, max, unit } = option;
  const label = <label for={id}>{option.title}</label>;
  if (option.choices) {
    return (
      <div class="option">
        {label}
        <select id={id} value={value} disabled={disabled} onChange={(event) => onChange(event.currentTarget.value)}>
          {option.choices.map((choice) => <option key={choice} value={choice}>{choice}</option>)}
        </select>
      </div>
    );
  }

  const isSlider = min !== null && max !== null && max - min <= 1_000;
  return (
    <div class="option">
      {label}
      <span class="row">
        <input
          id={id} type={isSlider ? 'range' : 'number'} min={min ?? undefined} max={max ?? undefined} step={1} value={value} required
          disabled={disabled} aria-invalid={isInvalid} onInput={(event) => onChange(event.currentTarget.value)}
        />
        {isSlider ? <output for={id}>{value}{unit && ` ${unit}`}</output> : unit && <span class="hint">{unit}</span>}
      </span>
    </div>
  );
}
