import { useRef, useState } from 'preact/hooks';
import { ago, clock, milliseconds, plural } from '../format';
import { send, useAction, useLive, usePaged } from '../hooks';
import { calm, lively } from '../http/polling';
import { withQuery } from '../http/pages';
import { announce, ConfirmButton, Empty, Loading, More, Problem, Status } from '../ui/feedback';
import { Arrow, Bell, Check, Copy, Plus, Replay } from '../ui/icons';

interface Endpoint {
  id: string;
  url: string;
  status: 'active' | 'paused' | 'disabled';
  eventTypes: string[];
  description?: string;
  ordered: boolean;
  signature: 'v1' | 'v1a';
  createdAt: string;
  failingSince?: string;
  disabled?: { at: string; reason: string };
  secret?: string;
}

interface Attempt {
  at: string;
  status?: number;
  durationMs: number;
  errorCode?: string;
  error?: string;
  answer?: string;
}

interface Delivery {
  id: string;
  eventId: string;
  eventType: string;
  status: 'pending' | 'delivered' | 'failed';
  reason?: string;
  createdAt: string;
  attempts: Attempt[];
  nextAttemptAt?: string;
}

const eventTypes = ['order.created', 'order.updated', 'image.ready', 'image.failed', 'image.upgraded', 'endpoint.disabled', 'webhook.test'];
const endpoints = '/api/webhooks/endpoints';
const pathOf = (id: string): string => `${endpoints}/${encodeURIComponent(id)}`;

export function Webhooks() {
  const [created, setCreated] = useState<Endpoint | null>(null);
  const list = usePaged<Endpoint>(`${endpoints}?limit=50`, (body) => {
    const page = body as { endpoints: Endpoint[]; nextCursor?: string };
    return { items: page.endpoints, nextCursor: page.nextCursor };
  }, (endpoint) => endpoint.id, { rhythm: calm, signedIn: true });
  const isSignedOut = list.failure?.needsSignIn === true;
  return (
    <>
      <header class="title"><h1 tabIndex={-1}>Webhooks</h1></header>
      <p class="lead">The shop tells other systems about its events. Each attempt is signed, retried for three days, and can be replayed.</p>
      <Problem failure={list.failure} onRetry={list.reload} />
      {created && <Secret endpoint={created} onClose={() => setCreated(null)} />}
      {!isSignedOut && <Create onCreated={(endpoint) => { setCreated(endpoint); list.reload(); }} />}
      {list.items === null && list.failure === null && <Loading what="the endpoints" />}
      {list.items?.length === 0 && (
        <Empty icon={<Bell />} title="No endpoints yet"><p>Add the URL of a receiver, and the shop sends a signed request for each event.</p></Empty>
      )}
      {list.items !== null && list.items.length > 0 && (
        <ul class="list">
          {list.items.map((endpoint) => (
            <li key={endpoint.id}>
              <a class="list-row" href={`#/webhooks/${encodeURIComponent(endpoint.id)}`}>
                <span class="grow">
                  <strong class="break">{endpoint.url}</strong>
                  <span class="hint">{endpoint.description || (endpoint.eventTypes.length === 0 ? 'all events' : endpoint.eventTypes.join(', '))}</span>
                </span>
                {endpoint.failingSince && endpoint.status === 'active' && <span class="status bad">failing</span>}
                <Status of={endpoint.status} />
              </a>
            </li>
          ))}
        </ul>
      )}
      <More list={list} what="endpoints" />
    </>
  );
}

function Create({ onCreated }: { onCreated: (endpoint: Endpoint) => void }) {
  const form = useRef<HTMLFormElement>(null);
  const details = useRef<HTMLDetailsElement>(null);
  const create = useAction(async () => {
    const data = new FormData(form.current!);
    const { body } = await send<Endpoint>('POST', endpoints, {
      url: String(data.get('url')).trim(),
      ...(data.getAll('types').length > 0 ? { eventTypes: data.getAll('types').map(String) } : {}),
      ...(data.get('description') ? { description: String(data.get('description')) } : {}),
      ordered: data.get('ordered') === 'on',
      signature: String(data.get('signature')),
    }, { 'Idempotency-Key': crypto.randomUUID() });
    form.current!.reset();
    details.current!.open = false;
    onCreated(body);
    announce('The endpoint has been created');
  });
  return (
    <details class="card disclosure" ref={details}>
      <summary><Plus />Add an endpoint</summary>
      <form ref={form} class="form" onSubmit={(event) => { event.preventDefault(); create.run(); }}>
        <div class="field">
          <label for="url">URL of the receiver</label>
          <input id="url" name="url" type="url" required placeholder="https://shop.example.com/webhooks" autocomplete="url" aria-invalid={create.failure?.pointer === '/url'} />
        </div>
        <div class="field">
          <label for="description">Description <span class="hint">optional</span></label>
          <input id="description" name="description" maxLength={256} placeholder="Orders to the warehouse" />
        </div>
        <fieldset>
          <legend>Events <span class="hint">all, if none is chosen</span></legend>
          <div class="choices">{eventTypes.map((type) => <label key={type}><input type="checkbox" name="types" value={type} />{type}</label>)}</div>
        </fieldset>
        <fieldset>
          <legend>Signature</legend>
          <div class="choices">
            <label><input type="radio" name="signature" value="v1" checked />HMAC with a secret of this endpoint (v1)</label>
            <label><input type="radio" name="signature" value="v1a" />Ed25519 with the shop's public key (v1a)</label>
          </div>
        </fieldset>
        <label class="choice"><input type="checkbox" name="ordered" />Send the events of one order one at a time, in their order</label>
        <Problem failure={create.failure} />
        <div class="row end"><button type="submit" class="button primary" disabled={create.isRunning}>Create</button></div>
      </form>
    </details>
  );
}

function Secret({ endpoint, onClose }: { endpoint: Endpoint; onClose: () => void }) {
  const [isCopied, setCopied] = useState(false);
  return (
    <div class="success secret" role="status">
      <Check />
      <div class="grow">
        <strong>{endpoint.secret ? 'This secret is shown only once' : 'The endpoint is ready'}</strong>
        {endpoint.secret
          ? (
            <div class="row copy">
              <code class="break">{endpoint.secret}</code>
              <button type="button" class="button small" onClick={() => void navigator.clipboard.writeText(endpoint.secret!).then(() => { setCopied(true); announce('The secret has been copied'); })}>
                {isCopied ? <Check /> : <Copy />}{isCopied ? 'Copied' : 'Copy'}
              </button>
            </div>
          )
          : <p>Its requests are signed with the shop's key, which is published at <a href="/.well-known/webhook-keys">/.well-known/webhook-keys</a>.</p>}
        <button type="button" class="button small" onClick={onClose}>{endpoint.secret ? 'I have stored it' : 'Close'}</button>
      </div>
    </div>
  );
}

export function EndpointDetail({ id }: { id: string }) {
  const endpoint = useLive<Endpoint>(pathOf(id), { rhythm: calm, signedIn: true });
  const [filter, setFilter] = useState('');
  const [secret, setSecret] = useState<Endpoint | null>(null);
  const deliveries = usePaged<Delivery>(withQuery(`${pathOf(id)}/deliveries`, { limit: 25, status: filter }), (body) => {
    const page = body as { deliveries: Delivery[]; nextCursor?: string };
    return { items: page.deliveries, nextCursor: page.nextCursor };
  }, (delivery) => delivery.id, { rhythm: lively, signedIn: true });
  const act = useAction(async (what: 'test' | 'pause' | 'activate' | 'rotate' | 'delete') => {
    switch (what) {
      case 'test':
        await send('POST', `${pathOf(id)}/test`, undefined, { 'Idempotency-Key': crypto.randomUUID() });
        announce('A test event is on its way');
        deliveries.reload();
        return;
      case 'rotate': {
        const { body } = await send<Endpoint>('POST', `${pathOf(id)}/rotate-secret`);
        setSecret(body);
        return;
      }
      case 'delete':
        await send('DELETE', pathOf(id));
        announce('The endpoint has been deleted');
        location.hash = '#/webhooks';
        return;
      default:
        await send('PATCH', pathOf(id), { status: what === 'pause' ? 'paused' : 'active' });
        endpoint.reload();
    }
  });
  const shown = endpoint.data;
  return (
    <>
      <a class="back" href="#/webhooks"><Arrow />All endpoints</a>
      <header class="title">
        <h1 tabIndex={-1} class="url">{shown?.url ?? 'Endpoint'}</h1>
        {shown && <Status of={shown.status} />}
      </header>
      <Problem failure={endpoint.failure} onRetry={endpoint.reload} />
      {shown === null && endpoint.failure === null && <Loading what="the endpoint" />}
      {secret && <Secret endpoint={secret} onClose={() => setSecret(null)} />}
      {shown && (
        <>
          <p class="lead">
            {shown.eventTypes.length === 0 ? 'All events' : shown.eventTypes.join(', ')} · signature {shown.signature}{shown.ordered && ' · in order'}
            {shown.disabled && <> · disabled {ago(shown.disabled.at)} ({shown.disabled.reason})</>}
            {shown.failingSince && <> · failing for {ago(shown.failingSince).replace(' ago', '')}</>}
          </p>
          <div class="row wrap">
            <button type="button" class="button primary" disabled={act.isRunning || shown.status !== 'active'} onClick={() => act.run('test')}>Send a test event</button>
            {shown.status === 'active'
              ? <button type="button" class="button" disabled={act.isRunning} onClick={() => act.run('pause')}>Pause</button>
              : <button type="button" class="button" disabled={act.isRunning} onClick={() => act.run('activate')}>Activate</button>}
            {shown.signature === 'v1' && <button type="button" class="button" disabled={act.isRunning} onClick={() => act.run('rotate')}>New secret</button>}
            <ConfirmButton label="Delete" question="Delete this endpoint and its deliveries?" confirm="Delete" isBusy={act.isRunning} onConfirm={() => act.run('delete')} />
          </div>
          <Problem failure={act.failure} />
          <div class="title sub">
            <h2>Deliveries</h2>
            <div class="tabs" role="group" aria-label="Which deliveries">
              {['', 'pending', 'delivered', 'failed'].map((status) => (
                <button key={status} type="button" aria-pressed={filter === status} onClick={() => setFilter(status)}>{status || 'all'}</button>
              ))}
            </div>
          </div>
          <Problem failure={deliveries.failure} onRetry={deliveries.reload} />
          {deliveries.items === null && deliveries.failure === null && <Loading what="the deliveries" />}
          {deliveries.items?.length === 0 && <Empty icon={<Bell />} title="No deliveries"><p>Send a test event, or place an order.</p></Empty>}
          {deliveries.items !== null && deliveries.items.length > 0 && (
            <ul class="list">{deliveries.items.map((delivery) => <DeliveryRow key={delivery.id} delivery={delivery} onReplayed={deliveries.reload} />)}</ul>
          )}
          <More list={deliveries} what="deliveries" />
        </>
      )}
    </>
  );
}

function DeliveryRow({ delivery, onReplayed }: { delivery: Delivery; onReplayed: () => void }) {
  const replay = useAction(async () => {
    await send('POST', `/api/webhooks/deliveries/${encodeURIComponent(delivery.id)}/replay`);
    announce('The delivery is sent again');
    onReplayed();
  });
  const last = delivery.attempts.at(-1);
  return (
    <li>
      <details class="delivery">
        <summary class="list-row">
          <span class="grow">
            <strong>{delivery.eventType}</strong>
            <span class="hint">{ago(delivery.createdAt)} · {plural(delivery.attempts.length, 'attempt')}{last && ` · ${last.status ?? last.errorCode ?? 'no response'}`}</span>
          </span>
          {delivery.nextAttemptAt && <span class="hint">next {ago(delivery.nextAttemptAt)}</span>}
          <Status of={delivery.status} />
        </summary>
        <div class="attempts">
          {delivery.attempts.length === 0 && <p class="hint">No attempt has been made yet.</p>}
          <ol>
            {delivery.attempts.map((attempt) => (
              <li key={attempt.at} class={attempt.status !== undefined && attempt.status < 300 ? 'good' : 'bad'}>
                <span class="code">{attempt.status ?? attempt.errorCode ?? '?'}</span>
                <span class="grow">
                  <span>{clock(attempt.at)} · {milliseconds(attempt.durationMs)}{attempt.error && ` · ${attempt.error}`}</span>
                  {attempt.answer && <code class="answer">{attempt.answer}</code>}
                </span>
              </li>
            ))}
          </ol>
          {delivery.reason && <p class="hint">{delivery.reason}</p>}
          <div class="row between wrap">
            <span class="hint">Event <code class="break">{delivery.eventId}</code></span>
            <button type="button" class="button small" disabled={replay.isRunning} onClick={() => replay.run()}><Replay />Replay</button>
          </div>
          <Problem failure={replay.failure} />
        </div>
      </details>
    </li>
  );
}
