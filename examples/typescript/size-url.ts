// Signs the URLs of image sizes (docs/api.md#signed-sizes). It runs on your server, because anyone who has the key can request any size.
import { createHmac } from 'node:crypto';

/**
 * @param key A key as in the setting Images:SizeKeys: an id, a dot, and the secret in base64.
 * @param imageId The id of a ready image.
 * @param file The size, such as `w400-h300-cover-x50y30-q70.webp`.
 * @returns The path and the query of the URL.
 */
export function sizeUrl(key: string, imageId: string, file: string): string {
  const dot = key.indexOf('.');
  const path = `/images/${imageId}/${file}`;
  const mac = createHmac('sha256', Buffer.from(key.slice(dot + 1), 'base64')).update(path).digest('base64url');
  return `${path}?s=${key.slice(0, dot)}.${mac}`;
}
