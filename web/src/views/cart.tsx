import { useEffect, useState } from 'preact/hooks';
import { session } from '../auth/session';
import { cart, cartInvocation, checkOut, type Order, postCheckout, readCart, setLine, type ShownLine } from '../cart';
import { money, plural } from '../format';
import { useAction } from '../hooks';
import type { Attempt } from '../http/backoff';
import { useProduct } from '../products';
import { useStore } from '../store';
import { announce, AnsweredBy, Empty, Loading, Problem, Repeating, SignIn } from '../ui/feedback';
import { Bag, Check, Minus, Plus, Trash } from '../ui/icons';
import { Picture } from '../ui/picture';

export function CartView() {
  const current = useStore(cart);
  const invocation = useStore(cartInvocation);
  const [placed, setPlaced] = useState<{ order: Order; replayed: boolean; attempts: number } | null>(null);
  const reading = useAction(readCart);
  useEffect(() => reading.run(), []);

  return (
    <>
      <header class="title">
        <h1 tabIndex={-1}>Cart</h1>
        <div class="row">
          <AnsweredBy invocation={invocation} />
          <button type="button" class="button small" disabled={reading.isRunning} onClick={() => reading.run()}>Read again</button>
        </div>
      </header>
      <Problem failure={reading.failure} onRetry={() => reading.run()} />
      {placed && <Placed {...placed} />}
      {current === null && reading.failure === null && <Loading what="the cart" />}
      {current?.lines.length === 0 && !placed && (
        <Empty icon={<Bag />} title="Your cart is empty">
          <p>No instance keeps your cart. It is in storage, so it survives the instance that served it.</p>
          <a class="button primary" href="#/">Look at the products</a>
        </Empty>
      )}
      {current !== null && current.lines.length > 0 && (
        <div class="split">
          <ul class="lines">
            {current.lines.map((line) => <CartLine key={line.sku} line={line} currency={current.currency ?? 'EUR'} />)}
          </ul>
          <Summary onPlaced={setPlaced} />
        </div>
      )}
    </>
  );
}

const reasons: Record<string, string> = {
  'sku-unknown': 'This product no longer exists.',
  'sku-inactive': 'This product cannot be ordered at the moment.',
  'currency-mismatch': 'This product is sold in another currency than the rest of the cart.',
};

function CartLine({ line, currency }: { line: ShownLine; currency: string }) {
  const { unitPrice } = line;
  const product = useProduct(line.sku);
  const name = product?.name ?? line.sku;
  const change = useAction((quantity: number) => setLine(line.sku, quantity, unitPrice === undefined ? null : { unitPrice, currency }));
  if (unitPrice === undefined) {
    return (
      <li class="cart-line">
        <div class="grow">
          <h2>{name}</h2>
          <p class="hint">{reasons[line.unavailable ?? ''] ?? 'This product cannot be ordered.'} Remove it to check out.</p>
        </div>
        <button type="button" class="button small" disabled={change.isRunning} aria-label={`Remove ${name}`} onClick={() => change.run(0)}><Trash />Remove</button>
        <Problem failure={change.failure} />
      </li>
    );
  }

  return (
    <li class="cart-line">
      <div class="thumbnail"><Picture imageId={product?.imageId} alt="" sizes="5rem" /></div>
      <div class="grow">
        <h2>{name}</h2>
        <p class="hint">{money(unitPrice, currency)} each</p>
      </div>
      <div class="stepper" role="group" aria-label={`Quantity of ${name}`}>
        <button type="button" disabled={change.isRunning} aria-label={line.quantity === 1 ? `Remove ${name}` : `One ${name} less`} onClick={() => change.run(line.quantity - 1)}>{line.quantity === 1 ? <Trash /> : <Minus />}</button>
        <output aria-live="polite">{line.quantity}</output>
        <button type="button" disabled={change.isRunning} aria-label={`One more ${name}`} onClick={() => change.run(line.quantity + 1)}><Plus /></button>
      </div>
      <strong class="amount">{money(unitPrice * line.quantity, currency)}</strong>
      <Problem failure={change.failure} />
    </li>
  );
}

function Summary({ onPlaced }: { onPlaced: (placed: { order: Order; replayed: boolean; attempts: number }) => void }) {
  const current = useStore(cart)!;
  const { status } = useStore(session.state);
  const [attempt, setAttempt] = useState<Attempt | null>(null);
  const checkout = useAction(async () => {
    let attempts = 1;
    try {
      const { body, replayed } = await checkOut(postCheckout, (next) => {
        attempts = next.next;
        setAttempt(next);
      });
      cart.set({ total: 0, lines: [] });
      onPlaced({ order: body, replayed, attempts });
      announce('Your order has been placed');
    } finally {
      setAttempt(null);
    }

    await readCart();
  });
  const currency = current.currency ?? 'EUR';
  const total = current.total === undefined ? 'too large to order' : money(current.total, currency);
  const count = current.lines.reduce((sum, line) => sum + line.quantity, 0);
  return (
    <aside class="summary card">
      <h2>Summary</h2>
      <dl>
        <div><dt>{plural(count, 'item')}</dt><dd>{total}</dd></div>
        <div><dt>Shipping</dt><dd>free</dd></div>
        <div class="total"><dt>Total</dt><dd>{total}</dd></div>
      </dl>
      {status === 'signedIn'
        ? (
          <button type="button" class="button primary wide" disabled={checkout.isRunning} onClick={() => checkout.run()}>
            {checkout.isRunning ? 'Placing the order…' : 'Check out'}
          </button>
        )
        : <SignIn detail="A cart needs no customer, but an order does." />}
      <Repeating attempt={attempt} />
      <Problem failure={checkout.failure} onRetry={() => checkout.run()} />
      <p class="hint">If an answer is lost, the request is repeated with the same key. One cart becomes one order.</p>
    </aside>
  );
}

function Placed({ order, replayed, attempts }: { order: Order; replayed: boolean; attempts: number }) {
  return (
    <div class="success" role="status">
      <Check />
      <div>
        <strong>Thank you. Your order has been placed.</strong>
        <p>
          {money(order.total, order.currency)} for {plural(order.lines.length, 'product')}.
          {attempts > 1 && ` It took ${attempts} attempts with one key${replayed ? ', and an earlier one had already placed the order' : ''}.`}
        </p>
        <a class="button small" href={`#/orders/${encodeURIComponent(order.id)}`}>Show the order</a>
      </div>
    </div>
  );
}
