import { useEffect, useState } from 'preact/hooks';
import { request } from './http/request';

export interface Variant {
  width: number;
  height: number;
  format: string;
  bytes: number;
  url: string;
}

/** The response of `GET /api/images/{id}`. */
export interface ImageView {
  id: string;
  status: 'queued' | 'processing' | 'ready' | 'failed';
  createdAt: string;
  source: { width: number; height: number; bytes: number; contentType: string };
  variants: Variant[];
  timings: Record<string, number | undefined>;
  error?: { code: string; detail: string };
  /** The ThumbHash of the image in base64. */
  thumbHash?: string;
  /** The animated variant of an animated GIF or WebP. */
  animation?: Variant;
  /** The time from which no further variant is added. */
  upgradedAt?: string;
}

/** An upgrade that takes longer than this has probably been given up. */
const upgradeLimitMs = 300_000;

/** Returns whether the image will not change any more. A ready image gets further variants until its upgrade has ended. */
export function isSettled(image: ImageView): boolean {
  return image.status === 'failed'
    || (image.status === 'ready' && (image.upgradedAt !== undefined || Date.now() - Date.parse(image.createdAt) > upgradeLimitMs));
}

/** The media types that browsers can choose from, the smallest files first. */
const types: [format: string, type: string][] = [['avif', 'image/avif'], ['webp', 'image/webp'], ['jpg', 'image/jpeg']];

export interface Source {
  type: string;
  srcset: string;
}

/**
 * Returns the sources of a `<picture>`, one for each format in the order of preference, and the file for browsers that know none of them. A
 * format that lacks the widest size is left out, because a browser would enlarge its narrower sizes instead of taking another format.
 */
export function sourcesOf(image: ImageView): { sources: Source[]; fallback: Variant | null } {
  const widest = Math.max(...image.variants.map((variant) => variant.width));
  const sources = types.flatMap(([format, type]) => {
    const variants = image.variants.filter((variant) => variant.format === format).sort((one, other) => one.width - other.width);
    return variants.at(-1)?.width === widest ? [{ type, srcset: variants.map((variant) => `${variant.url} ${variant.width}w`).join(', ') }] : [];
  });
  const jpegs = image.variants.filter((variant) => variant.format === 'jpg');
  const all = (jpegs.length > 0 ? jpegs : image.variants).toSorted((one, other) => one.width - other.width);
  return { sources: sources.filter((source) => source.type !== 'image/jpeg'), fallback: all.find((variant) => variant.width >= 480) ?? all.at(-1) ?? null };
}

const settled = new Map<string, ImageView>();

/** Reads an image's status until the image is ready. The answer is kept if the image will not change any more. */
export function useImage(id: string | null | undefined, wanted: boolean): ImageView | null {
  const [image, setImage] = useState<ImageView | null>(id ? (settled.get(id) ?? null) : null);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (!id || !wanted || (image?.id === id && image.status === 'ready')) {
      return undefined;
    }

    const abort = new AbortController();
    let timer = 0;
    request<ImageView>(`/api/images/${encodeURIComponent(id)}`, { signal: abort.signal }).then(
      ({ body, retryAfterMs }) => {
        if (isSettled(body)) {
          settled.set(id, body);
        }

        setImage(body);
        if (body.status === 'queued' || body.status === 'processing') {
          timer = window.setTimeout(() => setTries((count) => count + 1), Math.max(retryAfterMs ?? 0, 1_500));
        }
      },
      () => undefined,
    );
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [id, wanted, tries]);
  return image?.id === id ? image : null;
}
