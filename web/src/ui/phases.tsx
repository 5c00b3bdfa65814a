import { milliseconds } from '../format';

export interface Phase {
  name: string;
  ms: number;
}

/** A bar whose parts are as long as the phases took, with a legend. `scaleMs` makes several bars comparable. */
export function PhaseBar({ phases, label, scaleMs }: { phases: readonly Phase[]; label: string; scaleMs?: number }) {
  const shown = phases.filter((phase) => phase.ms > 0);
  const total = shown.reduce((sum, phase) => sum + phase.ms, 0);
  if (total === 0) {
    return null;
  }

  const scale = Math.max(scaleMs ?? total, total);
  return (
    <figure class="phases">
      <div class="bar" aria-hidden="true">
        {shown.map((phase) => (
          <span key={phase.name} class={`phase p${phases.indexOf(phase) % 8}`} style={{ width: `${(phase.ms / scale) * 100}%` }} title={`${phase.name}: ${milliseconds(phase.ms)}`} />
        ))}
      </div>
      <figcaption>
        <span class="visually-hidden">{label}: </span>
        {shown.map((phase) => (
          <span key={phase.name} class="legend"><i class={`swatch p${phases.indexOf(phase) % 8}`} />{phase.name} <b>{milliseconds(phase.ms)}</b></span>
        ))}
      </figcaption>
    </figure>
  );
}
