import { useEffect, useState } from 'preact/hooks';
import { request } from './http/request';
import { Store } from './store';

export interface Product {
  sku: string;
  name: string;
  description?: string;
  price: number;
  currency: string;
  imageId?: string | null;
  active: boolean;
  updatedAt: string;
}

/** The products that this tab has seen. Carts and orders contain only the products' numbers, so names and pictures come from here. */
const known = new Map<string, Product>();
const changes = new Store(0);
const asked = new Set<string>();

export function remember(products: readonly Product[]): void {
  for (const product of products) {
    known.set(product.sku, product);
  }

  changes.set(changes.value + 1);
}

/** Returns the product with this number once it is known. Null if the catalogue does not have it, or does not have it any more. */
export function useProduct(sku: string): Product | null {
  const [product, setProduct] = useState<Product | null>(known.get(sku) ?? null);
  useEffect(() => {
    const update = () => setProduct(known.get(sku) ?? null);
    update();
    if (!known.has(sku) && !asked.has(sku)) {
      asked.add(sku);
      request<Product>(`/api/products/${encodeURIComponent(sku)}`).then(({ body }) => remember([body]), () => undefined);
    }

    return changes.subscribe(update);
  }, [sku]);
  return product;
}
