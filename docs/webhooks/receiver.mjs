// A webhook receiver for Node.js 20 or later. It needs no packages. It prints each webhook that it accepts.
//   WEBHOOK_SECRET=whsec_... node receiver.mjs          verifies v1
//   WEBHOOK_KEYS=https://.../.well-known/webhook-keys node receiver.mjs   verifies v1a
import { createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import { createServer } from 'node:http';

const toleranceSeconds = 5 * 60;
const maxBytes = 1024 * 1024;

const secret = process.env.WEBHOOK_SECRET && Buffer.from(process.env.WEBHOOK_SECRET.replace('whsec_', ''), 'base64');
const keys = process.env.WEBHOOK_KEYS ? await publishedKeys(process.env.WEBHOOK_KEYS) : [];

async function publishedKeys(url) {
  const set = await (await fetch(url)).json();
  return set.keys.map((key) => createPublicKey({ key, format: 'jwk' }));
}

function isGenuine(headers, body) {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  if (!id || !signatures || !(Math.abs(Date.now() / 1000 - Number(timestamp)) <= toleranceSeconds)) {
    return false;
  }
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  // There are several signatures while a secret or key is being replaced. One valid signature is enough.
  return signatures.split(' ').some((entry) => {
    const [version, signature] = entry.split(',');
    const bytes = Buffer.from(signature ?? '', 'base64');
    if (version === 'v1' && secret) {
      const expected = createHmac('sha256', secret).update(signed).digest();
      return bytes.length === expected.length && timingSafeEqual(bytes, expected);
    }
    return version === 'v1a' && keys.some((key) => verify(null, signed, key, bytes));
  });
}

const seen = new Set(); // In production, use a table whose rows expire.

const server = createServer(async (request, response) => {
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > maxBytes) {
      response.writeHead(413).end();
      return;
    }
    chunks.push(chunk);
  }
  // The signature is valid only for the bytes as they arrived. JSON that was parsed and serialized again would not match.
  const body = Buffer.concat(chunks);
  if (!isGenuine(request.headers, body)) {
    response.writeHead(400).end('The signature is not valid.');
    return;
  }
  const id = request.headers['webhook-id'];
  if (!seen.has(id)) {
    seen.add(id);
    console.log(`${id} ${body}`);
  }
  response.writeHead(204).end();
});

server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
