import { rgbaToThumbHash } from 'thumbhash';
import { describe, expect, it } from 'vitest';
import { money } from '../src/format';
import { type ImageView, isSettled, sourcesOf } from '../src/images';
import { decodeThumbHash } from '../src/thumbhash';

describe('a ThumbHash', () => {
  it('becomes a picture with the proportions and the colour of the image', () => {
    // The encoder is the reference implementation, and the picture is plain red.
    const rgba = new Uint8Array(60 * 30 * 4).map((_, index) => [255, 0, 0, 255][index % 4]!);
    const hash = btoa(String.fromCharCode(...rgbaToThumbHash(60, 30, rgba)));
    const placeholder = decodeThumbHash(hash)!;
    expect(placeholder.width / placeholder.height).toBeGreaterThan(1.5);
    expect(placeholder.rgba[0]).toBeGreaterThan(200);
    expect(placeholder.rgba[1]).toBeLessThan(60);
  });

  it.each(['', '!', 'AA=='])('that is malformed (%s) shows nothing', (text) => expect(decodeThumbHash(text)).toBeNull());
});

describe('a picture', () => {
  const variant = (width: number, format: string) => ({ width, height: width, format, bytes: 1, url: `/images/i/${width}.${format}` });
  const image = (...variants: ReturnType<typeof variant>[]): ImageView => ({
    id: 'i', status: 'ready', createdAt: '', source: { width: 1, height: 1, bytes: 1, contentType: '' }, timings: {}, variants,
  });

  it('offers AVIF before WebP and falls back to JPEG', () => {
    const { sources, fallback } = sourcesOf(image(variant(960, 'jpg'), variant(480, 'webp'), variant(960, 'webp'), variant(480, 'avif'), variant(480, 'jpg'), variant(960, 'avif')));
    expect(sources).toEqual([
      { type: 'image/avif', srcset: '/images/i/480.avif 480w, /images/i/960.avif 960w' },
      { type: 'image/webp', srcset: '/images/i/480.webp 480w, /images/i/960.webp 960w' },
    ]);
    expect(fallback?.url).toBe('/images/i/480.jpg');
  });

  it('does not offer a format that lacks the widest size', () => {
    const { sources } = sourcesOf(image(variant(960, 'jpg'), variant(960, 'webp'), variant(480, 'avif')));
    expect(sources.map((source) => source.type)).toEqual(['image/webp']);
  });

  it('changes until its upgrade has ended', () => {
    const now = { ...image(), createdAt: new Date().toISOString() };
    expect(isSettled(now)).toBe(false);
    expect(isSettled({ ...now, upgradedAt: now.createdAt })).toBe(true);
    expect(isSettled({ ...now, status: 'failed' })).toBe(true);
    expect(isSettled({ ...now, createdAt: new Date(Date.now() - 3_600_000).toISOString() })).toBe(true);
  });

  it('without variants has no source', () => expect(sourcesOf(image()).fallback).toBeNull());
});

describe('an amount', () => {
  // ISO 4217 lists two decimals for EUR, none for JPY and three for KWD.
  it.each([[1250, 'EUR', '€12.50'], [1250, 'JPY', '¥1,250'], [1250, 'KWD', 'KWD 1.250']])('%i %s', (amount, currency, text) => {
    expect(money(amount, currency).replace('\u00a0', ' ')).toBe(text);
  });
});
