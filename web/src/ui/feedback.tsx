import type { ComponentChildren, JSX } from 'preact';
import { session } from '../auth/session';
import { useRef, useState } from 'preact/hooks';
import type { Attempt } from '../http/backoff';
import type { Failure } from '../http/failure';
import type { Invocation } from '../http/request';
import { milliseconds } from '../format';
import { Store, useStore } from '../store';
import { Check, Clock, Person, Warning } from './icons';

export function Loading({ what, rows = 3 }: { what: string; rows?: number }) {
  return (
    <div class="loading" role="status">
      <span class="visually-hidden">Loading {what}…</span>
      {Array.from({ length: rows }, (_, index) => <div key={index} class="skeleton" />)}
    </div>
  );
}

export function Empty({ icon, title, children }: { icon: JSX.Element; title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <span class="empty-icon">{icon}</span>
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** Shows a failure as people read it: what happened, what can be done, and which part of the request it concerns. */
export function Problem({ failure, onRetry }: { failure: Failure | null; onRetry?: () => void }) {
  if (failure === null) {
    return null;
  }

  if (failure.needsSignIn) {
    return <SignIn detail={failure.detail} />;
  }

  return (
    <div class="problem" role="alert">
      <Warning />
      <div>
        <strong>{failure.message}</strong>
        {failure.detail && <p>{failure.detail}</p>}
        {failure.pointer && <p class="hint">Concerns <code>{failure.pointer}</code></p>}
        {failure.instance && failure.status >= 500 && <p class="hint">Reference <code>{failure.instance}</code></p>}
        {onRetry && <button type="button" class="button small" onClick={onRetry}>Try again</button>}
      </div>
    </div>
  );
}

export function SignIn({ detail }: { detail?: string }) {
  const state = useStore(session.state);
  const [token, setToken] = useState('');
  if (state.status === 'loading') {
    return <Loading what="the session" rows={1} />;
  }

  return (
    <div class="empty">
      <span class="empty-icon"><Person /></span>
      <h2>Please sign in</h2>
      <p>{detail ?? 'This part of the shop belongs to a customer.'}</p>
      {state.kind === 'oidc' && <button type="button" class="button primary" onClick={() => void session.signIn()}>Sign in</button>}
      {state.kind === 'development' && (
        <form class="token" onSubmit={(event) => { event.preventDefault(); session.useToken(token); }}>
          <label for="token">Development token, printed by <code>dotnet run --project tools/LocalCloud -- token</code></label>
          <input id="token" value={token} autocomplete="off" spellcheck={false} required onInput={(event) => setToken(event.currentTarget.value)} />
          <button type="submit" class="button primary">Use this token</button>
        </form>
      )}
      {state.kind === 'none' && <p class="hint">This installation has no client id for the page (<code>Page:ClientId</code>).</p>}
      {state.status === 'unavailable' && (
        <>
          <p class="hint">{state.failure?.message}</p>
          <button type="button" class="button" onClick={() => void session.start()}>Try again</button>
        </>
      )}
    </div>
  );
}

/** Tells that a request is being repeated, and why repeating it is safe. */
export function Repeating({ attempt }: { attempt: Attempt | null }) {
  return attempt && (
    <p class="repeating" role="status">
      <Clock />
      <span>
        <strong>{attempt.failure.message}.</strong> Attempt {attempt.next} of {attempt.most} follows
        in {milliseconds(attempt.waitMs)}, with the same key, so it cannot place a second order.
      </span>
    </p>
  );
}

/** Names the instance that answered. Every instance can answer every request, so the name may change with each of them. */
export function AnsweredBy({ invocation }: { invocation: Invocation | null }) {
  return invocation?.instance
    ? (
      <p class="answered">
        <span class={invocation.cold ? 'dot cold' : 'dot'} aria-hidden="true" />
        Answered by <code title={invocation.instance}>{invocation.instance.replace(/-[0-9a-f]{16}$/, '')}</code>
        {invocation.totalMs !== null && <> in {milliseconds(invocation.totalMs)}</>}
        {invocation.cold ? ', a cold start' : ', warm'}
      </p>
    )
    : null;
}

const tones: Record<string, string> = {
  placed: 'info', paid: 'info', shipped: 'info', delivered: 'good', cancelled: 'bad',
  queued: 'quiet', processing: 'info', ready: 'good', failed: 'bad', uploading: 'info', waiting: 'quiet',
  active: 'good', paused: 'quiet', disabled: 'bad', pending: 'info',
};

export function Status({ of }: { of: string }) {
  return <span class={`status ${tones[of] ?? 'quiet'}`}>{of}</span>;
}

interface Notice {
  id: number;
  text: string;
}

const notices = new Store<readonly Notice[]>([]);
let lastNotice = 0;

/** Announces the outcome of an action for a few seconds. */
export function announce(text: string): void {
  const notice = { id: ++lastNotice, text };
  notices.set([...notices.value.slice(-1), notice]);
  setTimeout(() => notices.set(notices.value.filter(({ id }) => id !== notice.id)), 5_000);
}

export function Notices() {
  const shown = useStore(notices);
  return (
    <div class="notices" role="status" aria-live="polite">
      {shown.map(({ id, text }) => <p key={id}><Check />{text}</p>)}
    </div>
  );
}

/** A button that asks once more before it does something that cannot be undone. */
export function ConfirmButton({ label, question, confirm, isBusy, onConfirm }: {
  label: ComponentChildren; question: string; confirm: string; isBusy?: boolean; onConfirm: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button type="button" class="button small danger" disabled={isBusy ?? false} onClick={() => dialog.current?.showModal()}>{label}</button>
      <dialog ref={dialog} aria-label={question}>
        <form method="dialog" onSubmit={(event) => {
          if ((event.submitter as HTMLButtonElement | null)?.value === 'yes') {
            onConfirm();
          }
        }}>
          <p>{question}</p>
          <div class="row end">
            <button type="submit" class="button" value="no">Keep</button>
            <button type="submit" class="button danger solid" value="yes">{confirm}</button>
          </div>
        </form>
      </dialog>
    </>
  );
}

export function More({ list, what }: { list: { hasMore: boolean; isLoadingMore: boolean; loadMore: () => void }; what: string }) {
  return list.hasMore
    ? <p class="more"><button type="button" class="button" disabled={list.isLoadingMore} onClick={list.loadMore}>{list.isLoadingMore ? 'Loading…' : `Show more ${what}`}</button></p>
    : null;
}

