import { repeatUntilAnswered, type Attempt } from './http/backoff';
import { request, type Answer, type Invocation } from './http/request';
import { Store } from './store';

export interface Line {
  sku: string;
  quantity: number;
  unitPrice: number;
}

/** A line that can no longer be ordered has the code of the reason instead of a price. */
export interface ShownLine extends Omit<Line, 'unitPrice'> {
  unitPrice?: number;
  unavailable?: string;
}

/** The response of `GET /api/cart`. The total is missing if it exceeds the limit of an order. */
export interface Cart {
  currency?: string;
  total?: number;
  lines: ShownLine[];
}

export interface Order {
  id: string;
  status: string;
  month: string;
  currency: string;
  total: number;
  lines: Line[];
  createdAt: string;
  updatedAt?: string;
}

/** A price that the customer has seen. The shop refuses the line if the price has changed since. */
export interface SeenPrice {
  unitPrice: number;
  currency: string;
}

export const cart = new Store<Cart | null>(null);
export const cartInvocation = new Store<Invocation | null>(null);

function show(answer: Answer<Cart>): void {
  cart.set(answer.body);
  cartInvocation.set(answer.invocation);
}

export async function readCart(): Promise<void> {
  show(await repeatUntilAnswered(() => request<Cart>('/api/cart'), { most: 3 }));
}

/** Sets a line. Setting a line twice has the same effect as once, so a lost answer is simply asked for again. */
export async function setLine(sku: string, quantity: number, price: SeenPrice | null): Promise<void> {
  const body = quantity === 0 || price === null ? { quantity } : { quantity, ...price };
  show(await repeatUntilAnswered(
    () => request<Cart>(`/api/cart/lines/${encodeURIComponent(sku)}`, { method: 'PUT', body }), { most: 4 }));
}

export function quantityOf(current: Cart | null, sku: string): number {
  return current?.lines.find((line) => line.sku === sku)?.quantity ?? 0;
}

/** Where the key of an unfinished checkout is kept, so that a reload of the page repeats the same checkout. */
const keyName = 'checkout-key';

interface KeyStorage {
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
  removeItem(name: string): void;
}

/**
 * Checks out. The key stays the same until the shop has answered, even across a reload, so that one cart becomes one order although answers
 * can be lost.
 */
export async function checkOut(
  send: (key: string) => Promise<Answer<Order>>, onWait: (attempt: Attempt) => void,
  storage: KeyStorage = sessionStorage, newKey: () => string = () => crypto.randomUUID(), wait?: (ms: number) => Promise<void>,
): Promise<Answer<Order>> {
  const key = storage.getItem(keyName) ?? newKey();
  storage.setItem(keyName, key);
  try {
    const answer = await repeatUntilAnswered(() => send(key), { onWait, ...(wait ? { wait } : {}) });
    storage.removeItem(keyName);
    return answer;
  } catch (error) {
    if (!(error instanceof Error && 'isTemporary' in error && error.isTemporary)) {
      // The shop has answered, so the next checkout is a new one.
      storage.removeItem(keyName);
    }

    throw error;
  }
}

export function postCheckout(key: string): Promise<Answer<Order>> {
  return request<Order>('/api/cart/checkout', { method: 'POST', signedIn: true, headers: { 'Idempotency-Key': key } });
}
