import { useRef, useState } from 'preact/hooks';
import { session } from '../auth/session';
import { bytes } from '../format';
import { send, useAction, useLive } from '../hooks';
import type { Rhythm } from '../http/polling';
import { type ImageView, isSettled } from '../images';
import { useStore } from '../store';
import { add, forget, type Upload, uploads } from '../uploads';
import { ConfirmButton, Problem, SignIn, Status } from '../ui/feedback';
import { Cloud, Image } from '../ui/icons';
import { PhaseBar } from '../ui/phases';
import { Variants } from '../ui/picture';

const accepted = 'image/jpeg,image/png,image/gif,image/webp';
const watching: Rhythm = { firstMs: 700, mostMs: 8_000 };

const phaseNames: [member: string, name: string][] = [
  ['uploadMs', 'upload'], ['queueWaitMs', 'queue'], ['decodeMs', 'decode'], ['resizeMs', 'resize'], ['encodeMs', 'encode'], ['storeMs', 'store'],
];

export function Photographs() {
  const all = useStore(uploads);
  const { status } = useStore(session.state);
  return (
    <>
      <header class="title"><h1 tabIndex={-1}>Photographs</h1></header>
      <p class="lead">Photographs go directly to storage. A queue worker then makes smaller copies in several formats, while nobody waits for it.</p>
      {status === 'signedIn' ? <Drop /> : <SignIn />}
      {all.length > 0 && <ul class="photos">{all.map((upload) => <Photograph key={upload.key} upload={upload} />)}</ul>}
    </>
  );
}

function Drop() {
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  return (
    <div
      class={isOver ? 'drop over' : 'drop'}
      onDragOver={(event) => { event.preventDefault(); setOver(true); }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        add(event.dataTransfer?.files ?? []);
      }}
    >
      <Cloud />
      <p><strong>Drop photographs here</strong><br /><span class="hint">JPEG, PNG, GIF or WebP, up to 25 MB each, as many as you like</span></p>
      <input
        ref={input} id="files" class="visually-hidden" type="file" accept={accepted} multiple
        onChange={(event) => {
          add(event.currentTarget.files ?? []);
          event.currentTarget.value = '';
        }}
      />
      <label for="files" class="button primary">Choose files</label>
    </div>
  );
}

function Photograph({ upload }: { upload: Upload }) {
  const image = useLive<ImageView>(upload.id ? `/api/images/${encodeURIComponent(upload.id)}` : null, {
    rhythm: watching,
    isFinal: isSettled,
  });
  const remove = useAction(async () => {
    if (upload.id) {
      await send('DELETE', `/api/images/${encodeURIComponent(upload.id)}`);
    }

    forget(upload.key);
  });
  const shown = image.data;
  const stage = upload.stage === 'sent' ? (shown?.status ?? 'queued') : upload.stage;
  const phases = shown?.status === 'ready' ? phaseNames.map(([member, name]) => ({ name, ms: shown.timings[member] ?? 0 })) : [];
  return (
    <li class="card photo">
      <div class="picture">
        {shown?.status === 'ready' ? <Variants image={shown} alt={upload.name} sizes="(min-width: 64rem) 17rem, (min-width: 40rem) 45vw, 92vw" /> : <span class={stage === 'failed' ? 'no-picture' : 'no-picture busy'}><Image /></span>}
      </div>
      <div class="card-body">
        <div class="row between">
          <h2 class="file" title={upload.name}>{upload.name}</h2>
          <Status of={stage} />
        </div>
        {upload.stage !== 'sent' && upload.stage !== 'failed' && (
          <progress aria-label={`Upload of ${upload.name}`} max={1} value={upload.progress} />
        )}
        <p class="hint">
          {bytes(shown?.source.bytes ?? upload.bytes)}
          {shown?.source.width ? ` · ${shown.source.width} × ${shown.source.height}` : ''}
          {upload.stage === 'uploading' && ` · ${Math.round(upload.progress * 100)} %`}
        </p>
        <Problem failure={upload.failure ?? (image.failure?.isTemporary ? null : image.failure)} />
        {shown?.error && <p class="hint bad">{shown.error.detail}</p>}
        <PhaseBar phases={phases} label={`Phases of ${upload.name}`} />
        {shown && shown.variants.length > 0 && (
          <details>
            <summary>{shown.variants.length + (shown.animation ? 1 : 0)} variants</summary>
            <ul class="variants">
              {[...shown.variants, ...(shown.animation ? [shown.animation] : [])].map((variant) => (
                <li key={variant.url}><a href={variant.url} target="_blank" rel="noopener">{variant.width} × {variant.height} {variant.format}{variant === shown.animation && ', animated'}</a> <span class="hint">{bytes(variant.bytes)}</span></li>
              ))}
            </ul>
          </details>
        )}
        {(stage === 'ready' || stage === 'failed') && (
          <div class="row end">
            {upload.id
              ? <ConfirmButton label="Delete" question={`Delete ${upload.name} and its variants?`} confirm="Delete" isBusy={remove.isRunning} onConfirm={() => remove.run()} />
              : <button type="button" class="button small" onClick={() => remove.run()}>Remove</button>}
          </div>
        )}
        <Problem failure={remove.failure} />
      </div>
    </li>
  );
}
