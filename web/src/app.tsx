import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { session } from './auth/session';
import { cart, readCart } from './cart';
import { milliseconds } from './format';
import { online } from './hooks';
import { route } from './router';
import { useStore } from './store';
import { Empty, Notices } from './ui/feedback';
import { Bag, Layers, Person, Warning } from './ui/icons';
import { CartView } from './views/cart';
import { ColdStarts } from './views/coldstarts';
import { OrderDetail, Orders } from './views/orders';
import { Photographs } from './views/photographs';
import { Products } from './views/products';
import { EndpointDetail, Webhooks } from './views/webhooks';

interface Page {
  title: string;
  content: ComponentChildren;
}

function pageOf([view = '', id]: readonly string[]): Page {
  switch (view) {
    case '': return { title: 'Shop', content: <Products /> };
    case 'cart': return { title: 'Cart', content: <CartView /> };
    case 'orders': return id ? { title: 'Order', content: <OrderDetail key={id} id={id} /> } : { title: 'Orders', content: <Orders /> };
    case 'photographs': return { title: 'Photographs', content: <Photographs /> };
    case 'webhooks': return id ? { title: 'Endpoint', content: <EndpointDetail key={id} id={id} /> } : { title: 'Webhooks', content: <Webhooks /> };
    case 'cold-starts': return { title: 'Cold starts', content: <ColdStarts /> };
    default: return {
      title: 'Not found',
      content: <Empty icon={<Warning />} title="There is no such page"><a class="button primary" href="#/">To the shop</a></Empty>,
    };
  }
}

export function App() {
  const segments = useStore(route);
  const { title, content } = pageOf(segments);
  const isOnline = useStore(online);
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);

  useEffect(() => {
    void session.start();
    readCart().catch(() => undefined);
  }, []);

  useEffect(() => {
    document.title = `${title} · ServerlessScale`;
    if (!isFirst.current) {
      // Keyboards and screen readers continue at the new view's heading instead of at the link that was followed.
      main.current?.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
      scrollTo({ top: 0 });
    }

    isFirst.current = false;
  }, [segments.join('/')]);

  return (
    <>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); main.current?.focus(); }}>Skip to the content</a>
      <Header view={segments[0] ?? ''} />
      {!isOnline && <p class="offline" role="status"><Warning />You are offline. What you see may be out of date.</p>}
      <main id="main" ref={main} tabIndex={-1}>{content}</main>
      <Footer />
      <Notices />
    </>
  );
}

const shop = [['', 'Shop'], ['orders', 'Orders'], ['photographs', 'Photographs'], ['webhooks', 'Webhooks'], ['cold-starts', 'Cold starts']] as const;

function Header({ view }: { view: string }) {
  const current = useStore(cart);
  const nav = useRef<HTMLElement>(null);
  useEffect(() => nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' }), [view]);
  const count = current?.lines.reduce((sum, line) => sum + line.quantity, 0) ?? 0;
  return (
    <header class="site">
      <a class="brand" href="#/"><Layers /><span>ServerlessScale</span></a>
      <nav aria-label="Views" ref={nav}>
        {shop.map(([path, title]) => <a key={path} href={`#/${path}`} aria-current={view === path ? 'page' : undefined}>{title}</a>)}
      </nav>
      <div class="tools">
        <Account />
        <a class="cart-link" href="#/cart" aria-current={view === 'cart' ? 'page' : undefined} aria-label={`Cart, ${count} ${count === 1 ? 'item' : 'items'}`}>
          <Bag /><span class="count" data-empty={count === 0}>{count > 99 ? '99+' : count}</span>
        </a>
      </div>
    </header>
  );
}

function Account() {
  const { status, kind, customer } = useStore(session.state);
  if (status === 'signedIn') {
    return (
      <span class="account" title={kind === 'development' ? 'A development token of LocalCloud' : undefined}>
        <Person /><span class="name">{customer}</span>
        {kind === 'oidc' && <button type="button" class="button small" onClick={() => void session.signOut()}>Sign out</button>}
      </span>
    );
  }

  return status === 'signedOut' && kind === 'oidc'
    ? <button type="button" class="button small" onClick={() => void session.signIn()}>Sign in</button>
    : null;
}

function Footer() {
  const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  const total = navigation?.serverTiming.find(({ name }) => name === 'total')?.duration;
  const isCold = navigation?.serverTiming.some(({ name }) => name === 'runtime') === true;
  return (
    <footer>
      <p>
        Served by a function{total !== undefined && <> in {milliseconds(total)}</>}
        {total !== undefined && (isCold ? ', a cold start.' : ', warm.')}
        {total === undefined && '.'}
        {' '}No instance keeps anything that you see here.
      </p>
    </footer>
  );
}
