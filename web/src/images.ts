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
}

/** The media types that browsers can choose from, the smallest files first. */
const types: [format: string, type: string][] = [['avif', 'image/avif'], ['webp', 'image/webp'], ['jpg', 'image/jpeg']];

export interface Source {
  type: string;
  srcset: string;
}

/** Returns the sources of a `<picture>`, one for each format in the order of preference, and the file for browsers that know none of them. */
export function sourcesOf(image: ImageView): { sources: Source[]; fallback: Variant | null } {
  const sources = types.flatMap(([format, type]) => {
    const variants = image.variants.filter((variant) => variant.format === format).sort((one, other) => one.width - other.width);
    return variants.length > 0 ? [{ type, srcset: variants.map((variant) => `${variant.url} ${variant.width}w`).join(', ') }] : [];
  });
  const jpegs = image.variants.filter((variant) => variant.format === 'jpg');
  const all = (jpegs.length > 0 ? jpegs : image.variants).toSorted((one, other) => one.width - other.width);
  return { sources: sources.filter((source) => source.type !== 'image/jpeg'), fallback: all.find((variant) => variant.width >= 480) ?? all.at(-1) ?? null };
}

const ready = new Map<string, ImageView>();

/** Reads an image's status until the image is ready. A ready image never changes, so the answer is kept. */
export function useImage(id: string | null | undefined, wanted: boolean): ImageView | null {
  const [image, setImage] = useState<ImageView | null>(id ? (ready.get(id) ?? null) : null);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (!id || !wanted || (image?.id === id && image.status === 'ready')) {
      return undefined;
    }

    const abort = new AbortController();
    let timer = 0;
    request<ImageView>(`/api/images/${encodeURIComponent(id)}`, { signal: abort.signal }).then(
      ({ body, retryAfterMs }) => {
        if (body.status === 'ready') {
          ready.set(id, body);
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
