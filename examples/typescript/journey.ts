// Sells one product from the catalogue to the signed webhook, with a client that is generated from the API description (docs/clients.md).
//   SHOP     the shop's address, by default http://127.0.0.1:7071
//   TOKEN    a token with the scopes catalogue.write, images.write, cart, orders.read and webhooks.manage
//   PICTURE  the path of a JPEG file
//   SIZE_KEY the key that signs the URLs of sizes
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import createClient from 'openapi-fetch';
import { Webhook } from 'standardwebhooks';
import type { paths, webhooks } from './api.js';
import { sizeUrl } from './size-url.js';

type OrderCreated = webhooks['order.created']['post']['requestBody']['content']['application/json'];

const { SHOP = 'http://127.0.0.1:7071', TOKEN, PICTURE = '../../docs/sample.jpg', SIZE_KEY } = process.env;
const api = createClient<paths>({ baseUrl: SHOP, headers: { Authorization: `Bearer ${TOKEN}` } });

// A browser stores the session cookie by itself. Node.js does not.
let session: string | undefined;
api.use({
  onRequest({ request }) {
    if (session) {
      request.headers.set('Cookie', session);
    }
    return request;
  },
  onResponse({ response }) {
    session = response.headers.getSetCookie().find((cookie) => cookie.startsWith('sid='))?.split(';')[0] ?? session;
  },
});

function resultOf<T>(answer: { data?: T; error?: unknown; response: Response }): T {
  if (answer.data === undefined) {
    throw new Error(`${answer.response.url}: ${answer.response.status} ${JSON.stringify(answer.error)}`);
  }
  return answer.data;
}

// 1. A picture. Its bytes go directly to storage, so that they do not pass through the app.
const picture = await readFile(PICTURE);
const upload = resultOf(await api.POST('/api/uploads', { body: { contentType: 'image/jpeg', bytes: picture.length } }));
const stored = await fetch(upload.uploadUrl, { method: 'PUT', headers: upload.headers, body: picture });
if (!stored.ok) {
  throw new Error(`The storage responded with ${stored.status}: ${await stored.text()}`);
}
resultOf(await api.POST('/api/uploads/{id}/complete', { params: { path: { id: upload.id } } }));
let image = resultOf(await api.GET('/api/images/{id}', { params: { path: { id: upload.id } } }));
while (image.status !== 'ready') {
  if (image.status === 'failed') {
    throw new Error(`The picture cannot be used: ${image.error?.detail}`);
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
  image = resultOf(await api.GET('/api/images/{id}', { params: { path: { id: upload.id } } }));
}
console.log(`picture ${image.id} has ${image.variants.length} variants`);

// A size of the picture for a list of products. The shop makes it on the first request.
if (!SIZE_KEY) {
  throw new Error('Set SIZE_KEY to the output of: dotnet run --project tools/LocalCloud -- size-key');
}
const size = await fetch(SHOP + sizeUrl(SIZE_KEY, image.id, 'w300-h300-cover-x50y30.webp'));
if (!size.ok) {
  throw new Error(`${size.url}: ${size.status} ${await size.text()}`);
}
console.log(`size w300-h300-cover-x50y30.webp has the type ${size.headers.get('Content-Type')}`);

// 2. A product with this picture. If-None-Match: * creates the product only if no product has the SKU yet.
const product = resultOf(await api.PUT('/api/products/{sku}', {
  params: { path: { sku: `mug-${Date.now()}` }, header: { 'If-None-Match': '*' } },
  body: { name: 'Mug', description: 'A blue mug', price: 1250, currency: 'EUR', imageId: image.id, active: true },
}));
console.log(`product ${product.sku} costs ${product.price} ${product.currency}`);

// 3. A receiver, and an endpoint that sends it the customer's new orders.
const receiver = createServer();
const received = new Promise<{ headers: Record<string, string>; body: string }>((resolve) => {
  receiver.on('request', async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) {
      body += chunk;
    }
    response.writeHead(204).end();
    resolve({ headers: request.headers as Record<string, string>, body });
  });
});
await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
const endpoint = resultOf(await api.POST('/api/webhooks/endpoints', {
  body: { url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/webhooks`, eventTypes: ['order.created'] },
}));

// 4. A cart and its checkout. The key makes the checkout safe to repeat.
resultOf(await api.PUT('/api/cart/lines/{sku}', { params: { path: { sku: product.sku } }, body: { quantity: 2 } }));
const order = resultOf(await api.POST('/api/cart/checkout', { params: { header: { 'Idempotency-Key': crypto.randomUUID() } } }));
console.log(`order ${order.id} costs ${order.total} ${order.currency}`);

// 5. The delivery. verify() throws unless the endpoint's secret signed exactly these bytes.
const { headers, body } = await received;
const event = new Webhook(endpoint.secret!).verify(body, headers) as OrderCreated;
if (event.data.id !== order.id) {
  throw new Error(`The event is about the order ${event.data.id}.`);
}
console.log(`verified ${event.type} for order ${event.data.id}`);

await api.DELETE('/api/webhooks/endpoints/{id}', { params: { path: { id: endpoint.id } } });
receiver.close();
