import { useState } from 'preact/hooks';
import type { Order } from '../cart';
import { ago, dateTime, money, plural } from '../format';
import { send, useAction, useLive, usePaged } from '../hooks';
import { withQuery } from '../http/pages';
import { calm, lively } from '../http/polling';
import { useProduct } from '../products';
import { announce, AnsweredBy, Empty, Loading, More, Problem, Status } from '../ui/feedback';
import { Arrow, Bag } from '../ui/icons';

/** The changes of status that the shop allows (docs/api.md). */
const transitions: Record<string, readonly string[]> = { placed: ['paid', 'cancelled'], paid: ['shipped', 'cancelled'], shipped: ['delivered'] };
const actions: Record<string, string> = { paid: 'Mark as paid', shipped: 'Mark as shipped', delivered: 'Mark as delivered', cancelled: 'Cancel the order' };
const steps = ['placed', 'paid', 'shipped', 'delivered'];

interface OrderPage {
  orders: Order[];
  nextCursor?: string;
}

export function Orders() {
  const list = usePaged<Order>('/api/orders?limit=25', (body) => {
    const { orders, nextCursor } = body as OrderPage;
    return { items: orders, nextCursor };
  }, (order) => order.id, { rhythm: calm, signedIn: true });
  return (
    <>
      <header class="title"><h1 tabIndex={-1}>Orders</h1></header>
      <Problem failure={list.failure} onRetry={list.reload} />
      {list.items === null && list.failure === null && <Loading what="your orders" rows={5} />}
      {list.items?.length === 0 && (
        <Empty icon={<Bag />} title="No orders yet">
          <p>An order appears here as soon as a cart has been checked out.</p>
          <a class="button primary" href="#/">Look at the products</a>
        </Empty>
      )}
      {list.items !== null && list.items.length > 0 && (
        <ul class="list">
          {list.items.map((order) => (
            <li key={order.id}>
              <a class="list-row" href={`#/orders/${encodeURIComponent(order.id)}`}>
                <span class="grow">
                  <strong><Contents order={order} /></strong>
                  <span class="hint">{dateTime(order.createdAt)} · <code>{shortId(order.id)}</code></span>
                </span>
                <Status of={order.status} />
                <strong class="amount">{money(order.total, order.currency)}</strong>
              </a>
            </li>
          ))}
        </ul>
      )}
      <More list={list} what="orders" />
    </>
  );
}

function ProductName({ sku }: { sku: string }) {
  return <>{useProduct(sku)?.name ?? sku}</>;
}

function Contents({ order }: { order: Order }) {
  const [first, ...others] = order.lines;
  return (
    <>
      {first && first.quantity > 1 && `${first.quantity} × `}
      {first ? <ProductName sku={first.sku} /> : 'Order'}
      {others.length > 0 && ` and ${plural(others.length, 'more product')}`}
    </>
  );
}

const shortId = (id: string): string => (id.length > 16 ? `${id.slice(0, 8)}…${id.slice(-4)}` : id);

export function OrderDetail({ id }: { id: string }) {
  const path = `/api/orders/${encodeURIComponent(id)}`;
  const order = useLive<Order>(path, { rhythm: lively, signedIn: true });
  const [changed, setChanged] = useState<Order | null>(null);

  const shown = newest(changed?.id === id ? changed : null, order.data);
  const change = useAction(async (status: string) => {
    try {
      // The page reads the version immediately before the change, so that If-Match names the version that is shown.
      const current = await send<Order>('GET', path);

      const answer = await send<Order>('PATCH', path, { status }, { 'If-Match': current.etag ?? '' });
      setChanged(answer.body);
      announce(`The order is ${status}`);
    } finally {
      order.reload();
    }
  });
  return (
    <>
      <a class="back" href="#/orders"><Arrow />All orders</a>
      <header class="title">
        <h1 tabIndex={-1}>Order</h1>
        {shown && <Status of={shown.status} />}
      </header>
      <Problem failure={order.failure} onRetry={order.reload} />
      {shown === null && order.failure === null && <Loading what="the order" />}
      {shown && (
        <div class="split">
          <section>
            <Timeline order={shown} />
            <table class="table">
              <caption class="visually-hidden">Products of this order</caption>
              <thead><tr><th scope="col">Product</th><th scope="col" class="number">Quantity</th><th scope="col" class="number">Price</th><th scope="col" class="number">Sum</th></tr></thead>
              <tbody>
                {shown.lines.map((line) => (
                  <tr key={line.sku}>
                    <td><ProductName sku={line.sku} /></td><td class="number">{line.quantity}</td>
                    <td class="number">{money(line.unitPrice, shown.currency)}</td><td class="number">{money(line.unitPrice * line.quantity, shown.currency)}</td>
                  </tr>
                ))}
              </tbody>
              <tfoot><tr><th scope="row" colSpan={3}>Total</th><td class="number"><strong>{money(shown.total, shown.currency)}</strong></td></tr></tfoot>
            </table>
          </section>
          <aside class="card summary">
            <h2>What happens next</h2>
            {(transitions[shown.status] ?? []).map((status) => (
              <button key={status} type="button" class={status === 'cancelled' ? 'button wide' : 'button primary wide'} disabled={change.isRunning} onClick={() => change.run(status)}>{actions[status]}</button>
            ))}
            {transitions[shown.status] === undefined && <p class="hint">This order is complete. Its status cannot change any more.</p>}
            <Problem failure={change.failure} />
            <p class="hint">A change names the version on which it is based (<code>If-Match</code>). If somebody else has changed the order since, it is refused instead of overwritten.</p>
            <p class="hint">Order <code class="break">{shown.id}</code></p>
            <AnsweredBy invocation={order.invocation} />
          </aside>
        </div>
      )}
    </>
  );
}

/** Returns the newer state. A poll that began before a change may return the state before it. */
function newest(one: Order | null, other: Order | null): Order | null {
  if (one === null || other === null) {
    return one ?? other;
  }

  return (one.updatedAt ?? one.createdAt) > (other.updatedAt ?? other.createdAt) ? one : other;
}

interface ShopEvent {
  id: string;
  type: string;
  timestamp: string;
  data: { id?: string; status?: string };
}

/** Shows the statuses of the order with the events that announced them. */
function Timeline({ order }: { order: Order }) {
  const events = useLive<{ events: ShopEvent[] }>(
    withQuery('/api/events', { since: order.createdAt, limit: 100 }), { rhythm: lively, signedIn: true });
  const own = events.data?.events.filter((event) => event.data.id === order.id) ?? [];
  const isCancelled = order.status === 'cancelled';
  const shown = isCancelled
    ? ['placed', ...(own.some((event) => event.data.status === 'paid') ? ['paid'] : []), 'cancelled']
    : steps;
  const reached = shown.indexOf(order.status);
  return (
    <ol class="timeline" aria-label="Progress of the order">
      {shown.map((step, index) => {
        const isDone = index <= reached;
        const isCurrent = index === reached;
        const event = own.find(({ type, data }) => data.status === step && (type === 'order.created') === (step === 'placed'));
        const at = event?.timestamp ?? (step === 'placed' ? order.createdAt : isCurrent ? order.updatedAt : undefined);
        return (
          <li key={step} class={`${isDone ? 'done' : ''} ${isCurrent ? 'current' : ''} ${step === 'cancelled' ? 'bad' : ''}`} aria-current={isCurrent ? 'step' : undefined}>
            <span class="marker" aria-hidden="true" />
            <strong>{step}</strong>
            <span class="hint">{at && isDone ? <time dateTime={at} title={dateTime(at)}>{ago(at)}</time> : isDone ? 'done' : 'to come'}</span>
            <span class="hint event">{event && isDone ? <>event <code title={event.id}>{event.type}</code></> : ''}</span>
          </li>
        );
      })}
    </ol>
  );
}
