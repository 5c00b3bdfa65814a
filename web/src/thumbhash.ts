import { thumbHashToRGBA } from 'thumbhash';

/** A picture of at most 32 x 32 pixels, decoded from a ThumbHash. */
export interface Placeholder {
  width: number;
  height: number;
  rgba: Uint8Array;
}

/** Decodes a ThumbHash in base64 (github.com/evanw/thumbhash). Returns null if the text is not a ThumbHash. */
export function decodeThumbHash(base64: string): Placeholder | null {
  try {
    const hash = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    if (hash.length < 5) {
      return null;
    }

    const { w, h, rgba } = thumbHashToRGBA(hash);
    return w > 0 && h > 0 && rgba.length === w * h * 4 ? { width: w, height: h, rgba } : null;
  } catch {
    return null;
  }
}
