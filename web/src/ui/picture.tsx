import { useEffect, useRef, useState } from 'preact/hooks';
import { type ImageView, sourcesOf, useImage } from '../images';
import { decodeThumbHash } from '../thumbhash';
import { Image } from './icons';

/** Shows an image of the shop in the size and format that suit the browser, and a blurred placeholder until it has arrived. */
export function Picture({ imageId, alt, sizes }: { imageId: string | null | undefined; alt: string; sizes: string }) {
  const box = useRef<HTMLDivElement>(null);
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting) {
        setNear(true);
        observer.disconnect();
      }
    }, { rootMargin: '300px' });
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);
  const image = useImage(imageId, isNear);
  return (
    <div class="picture" ref={box}>
      {image && image.status === 'ready' ? <Variants image={image} alt={alt} sizes={sizes} /> : <span class="no-picture"><Image /></span>}
    </div>
  );
}

export function Variants({ image, alt, sizes }: { image: ImageView; alt: string; sizes: string }) {
  const [isLoaded, setLoaded] = useState(false);
  const { sources, fallback } = sourcesOf(image);
  if (fallback === null) {
    return null;
  }

  return (
    <>
      {image.thumbHash && !isLoaded && <Blurred hash={image.thumbHash} />}
      <picture>
        {sources.map((source) => <source key={source.type} type={source.type} srcset={source.srcset} sizes={sizes} />)}
        <img src={fallback.url} width={fallback.width} height={fallback.height} alt={alt} loading="lazy" decoding="async" onLoad={() => setLoaded(true)} />
      </picture>
    </>
  );
}

/** Draws the placeholder on a canvas, because the content security policy does not allow data URLs. */
function Blurred({ hash }: { hash: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const placeholder = decodeThumbHash(hash);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context && placeholder) {
      context.putImageData(new ImageData(new Uint8ClampedArray(placeholder.rgba), placeholder.width, placeholder.height), 0, 0);
    }
  }, [hash]);
  return placeholder && <canvas class="placeholder" ref={canvas} width={placeholder.width} height={placeholder.height} aria-hidden="true" />;
}
