import { useEffect, useState } from 'preact/hooks';
import { cart, quantityOf, setLine } from '../cart';
import { money } from '../format';
import { useAction, usePaged } from '../hooks';
import { calm } from '../http/polling';
import { type Product, remember } from '../products';
import { useStore } from '../store';
import { announce, Empty, More, Problem } from '../ui/feedback';
import { Bag, Check, Plus } from '../ui/icons';
import { Picture } from '../ui/picture';

interface ProductPage {
  items?: Product[];
  products?: Product[];
  nextCursor?: string;
}

export function Products() {
  const list = usePaged<Product>(
    '/api/products?limit=24',
    (body) => {
      const page = body as ProductPage;
      return { items: page.items ?? page.products ?? [], nextCursor: page.nextCursor };
    },
    (product) => product.sku,
    { rhythm: calm });
  useEffect(() => remember(list.items ?? []), [list.items]);
  const products = list.items?.filter((product) => product.active !== false);
  return (
    <>
      <header class="hero">
        <h1 tabIndex={-1}>Things worth keeping</h1>
        <p>A small shop with a large backend. Put something into the cart, then look at how it is served.</p>
      </header>
      <Problem failure={list.failure} onRetry={list.reload} />
      {products === undefined && list.failure === null && <CardSkeletons />}
      {products?.length === 0 && (
        <Empty icon={<Bag />} title="The shelves are empty">
          <p>Products appear here as soon as the shop has some.</p>
        </Empty>
      )}
      {products !== undefined && products.length > 0 && (
        <ul class="cards">
          {products.map((product) => <Card key={product.sku} product={product} />)}
        </ul>
      )}
      <More list={list} what="products" />
    </>
  );
}

function Card({ product }: { product: Product }) {
  const current = useStore(cart);
  const [justAdded, setJustAdded] = useState(false);
  const inCart = quantityOf(current, product.sku);
  const add = useAction(async () => {
    await setLine(product.sku, inCart + 1, { unitPrice: product.price, currency: product.currency });
    announce(`${product.name} is in your cart`);
    setJustAdded(true);
    setTimeout(() => setJustAdded(false), 1_500);
  });
  return (
    <li class="card product">
      <Picture imageId={product.imageId} alt={product.name} sizes="(min-width: 64rem) 17rem, (min-width: 40rem) 33vw, 92vw" />
      <div class="card-body">
        <h2>{product.name}</h2>
        {product.description && <p class="description">{product.description}</p>}
        <div class="row between price-row">
          <span class="price">{money(product.price, product.currency)}</span>
          <button type="button" class="button primary small" disabled={add.isRunning} onClick={() => add.run()}>
            {justAdded ? <Check /> : <Plus />}{inCart > 0 ? `In cart: ${inCart}` : 'Add'}<span class="visually-hidden"> {inCart > 0 ? `, add another ${product.name}` : `${product.name} to the cart`}</span>
          </button>
        </div>
        <Problem failure={add.failure} />
      </div>
    </li>
  );
}

function CardSkeletons() {
  return (
    <div class="cards" role="status">
      <span class="visually-hidden">Loading products…</span>
      {Array.from({ length: 8 }, (_, index) => (
        <div key={index} class="card product"><div class="picture skeleton" /><div class="card-body"><div class="skeleton line" /><div class="skeleton line short" /></div></div>
      ))}
    </div>
  );
}
