import { send } from './hooks';
import type { Product } from './products';

/** A product for a shop that is still empty, with the colours and the shape of its picture. */
interface Sample {
  sku: string;
  name: string;
  description: string;
  price: number;
  hue: number;
  shape: 'mug' | 'vase' | 'lamp' | 'print' | 'board' | 'bowl';
}

const samples: readonly Sample[] = [
  { sku: 'mug-1', name: 'Stoneware mug', description: 'Hand-thrown, glazed in two coats. Keeps coffee warm through one long meeting.', price: 1850, hue: 205, shape: 'mug' },
  { sku: 'vase-1', name: 'Dune vase', description: 'Fired at 1,280 °C from local clay. No two are alike.', price: 4600, hue: 28, shape: 'vase' },
  { sku: 'lamp-1', name: 'Storm lantern', description: 'Brass and blown glass. Burns twelve hours.', price: 7400, hue: 45, shape: 'lamp' },
  { sku: 'print-1', name: 'Horizon, print no. 4', description: 'Giclée on cotton paper, 30 × 40 cm, signed.', price: 3900, hue: 340, shape: 'print' },
  { sku: 'board-1', name: 'Oak board', description: 'End grain, oiled by hand, larger than it looks in the picture.', price: 5200, hue: 18, shape: 'board' },
  { sku: 'bowl-1', name: 'Salad bowl', description: 'Deep enough for six, light enough for one hand.', price: 3400, hue: 150, shape: 'bowl' },
  { sku: 'mug-2', name: 'Espresso cup', description: 'Small, thick and hard to tip over.', price: 1400, hue: 262, shape: 'mug' },
  { sku: 'vase-2', name: 'Bud vase', description: 'For the one flower that was worth picking.', price: 2100, hue: 95, shape: 'vase' },
];

/**
 * Fills an empty shop with products. Their pictures take the way of every photograph: they are uploaded to storage, and a queue worker makes
 * the variants.
 */
export async function addSamples(onProgress: (done: number, of: number) => void): Promise<Product[]> {
  const added: Product[] = [];
  for (const [index, { hue, shape, ...product }] of samples.entries()) {
    onProgress(index, samples.length);
    const imageId = await upload(await draw(hue, shape));
    const { body } = await send<Product>('PUT', `/api/products/${product.sku}`, {
      name: product.name, description: product.description, price: product.price, currency: 'EUR', imageId, active: true,
    }, { 'If-None-Match': '*' });
    added.push(body);
  }

  return added;
}

async function upload(picture: Blob): Promise<string> {
  const response = await send<{ id: string }>('POST', '/api/uploads', { contentType: picture.type, bytes: picture.size }, { 'Idempotency-Key': crypto.randomUUID() });
  const offer = response.body as { id: string; uploadUrl: string; headers: Record<string, string> };
  const sent = await fetch(offer.uploadUrl, { method: 'PUT', headers: offer.headers, body: picture });
  if (!sent.ok) {
    throw new Error(`Storage answered with status ${sent.status}.`);
  }

  await send('POST', `/api/uploads/${encodeURIComponent(offer.id)}/complete`);
  return offer.id;
}

/** Draws a still life: a wall, a table, and one thing on it. */
function draw(hue: number, shape: Sample['shape']): Promise<Blob> {
  const [width, height] = [1600, 1200];
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d')!;
  const gradient = (from: string, to: string, y0: number, y1: number, x0 = 0, x1 = 0): CanvasGradient => {
    const made = context.createLinearGradient(x0, y0, x1, y1);
    made.addColorStop(0, from);
    made.addColorStop(1, to);
    return made;
  };
  context.fillStyle = gradient(`hsl(${hue} 32% 84%)`, `hsl(${hue} 28% 72%)`, 0, 860);
  context.fillRect(0, 0, width, 860);
  context.fillStyle = gradient(`hsl(${hue + 25} 22% 62%)`, `hsl(${hue + 25} 26% 46%)`, 860, height);
  context.fillRect(0, 860, width, height - 860);
  context.fillStyle = `hsl(${hue + 25} 30% 28% / 0.35)`;
  context.beginPath();
  context.ellipse(850, 985, 330, 48, 0, 0, Math.PI * 2);
  context.fill();
  context.fillStyle = gradient(`hsl(${hue} 48% 58%)`, `hsl(${hue} 52% 30%)`, 0, 0, 540, 1080);
  context.strokeStyle = context.fillStyle;
  context.lineJoin = 'round';
  outline(context, shape);
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 });
}

function outline(context: OffscreenCanvasRenderingContext2D, shape: Sample['shape']): void {
  context.beginPath();
  switch (shape) {
    case 'mug':
      context.roundRect(580, 560, 400, 420, [12, 12, 90, 90]);
      context.fill();
      context.lineWidth = 52;
      context.beginPath();
      context.ellipse(980, 740, 110, 120, 0, -1.4, 1.4);
      context.stroke();
      break;
    case 'vase':
      context.moveTo(730, 380);
      context.bezierCurveTo(740, 560, 560, 620, 580, 800);
      context.bezierCurveTo(600, 950, 680, 980, 800, 980);
      context.bezierCurveTo(920, 980, 1000, 950, 1020, 800);
      context.bezierCurveTo(1040, 620, 860, 560, 870, 380);
      context.closePath();
      context.fill();
      break;
    case 'lamp':
      context.roundRect(640, 880, 320, 100, 24);
      context.roundRect(690, 480, 220, 60, 20);
      context.fill();
      context.fillStyle = 'hsl(46 90% 78% / 0.9)';
      context.beginPath();
      context.ellipse(800, 715, 135, 175, 0, 0, Math.PI * 2);
      context.fill();
      break;
    case 'print':
      context.fillRect(520, 300, 560, 680);
      context.fillStyle = 'hsl(40 30% 95%)';
      context.fillRect(550, 330, 500, 620);
      context.fillStyle = 'hsl(12 70% 62%)';
      context.beginPath();
      context.arc(800, 600, 130, 0, Math.PI * 2);
      context.fill();
      context.fillStyle = 'hsl(220 35% 40%)';
      context.fillRect(600, 660, 400, 210);
      break;
    case 'board':
      context.roundRect(480, 700, 640, 280, 40);
      context.roundRect(1100, 800, 190, 80, 40);
      context.fill();
      break;
    default:
      context.moveTo(500, 660);
      context.bezierCurveTo(510, 900, 650, 985, 800, 985);
      context.bezierCurveTo(950, 985, 1090, 900, 1100, 660);
      context.closePath();
      context.fill();
  }
}
