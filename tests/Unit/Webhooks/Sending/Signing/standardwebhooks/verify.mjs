// Verifies the deliveries in a JSON file of the form [{secret?, keys?, headers, body}], where each body is base64. Prints a JSON array that
// contains true or false for each delivery. The reference implementation verifies v1. Node's Ed25519 verifies v1a, which the reference
// implementation for JavaScript does not support.
import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';

function isGenuine({ secret, keys, headers, body }) {
  const bytes = Buffer.from(body, 'base64');
  if (secret) {
    try {
      new Webhook(secret).verify(bytes.toString('utf8'), headers);
      return true;
    } catch (failure) {
      if (failure.name === 'WebhookVerificationError' || failure.constructor.name === 'WebhookVerificationError') {
        return false;
      }
      throw failure;
    }
  }
  const signed = Buffer.concat([Buffer.from(`${headers['webhook-id']}.${headers['webhook-timestamp']}.`), bytes]);
  return keys.every((key) =>
    headers['webhook-signature'].split(' ').some((entry) => {
      const [version, signature] = entry.split(',');
      return version === 'v1a' && verify(null, signed, createPublicKey({ key, format: 'jwk' }), Buffer.from(signature, 'base64'));
    }));
}

console.log(JSON.stringify(JSON.parse(readFileSync(process.argv[2], 'utf8')).map(isGenuine)));
