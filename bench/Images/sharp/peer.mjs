// Reads one JSON request per line from stdin and writes one JSON response per line to stdout. The reported times exclude the transfer
// through the pipe.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import sharp from 'sharp';

sharp.concurrency(1);
sharp.cache(false);

const encoders = {
  jpg: (image, quality) => image.jpeg({ quality }),
  webp: (image, quality) => image.webp({ quality }),
};

// The fastest method that we found. It decodes once (with shrink-on-load) to the largest width, then reduces each result to the next width.
async function cascade(photo, { qualities, widths }) {
  const variants = [];
  let source = sharp(photo);
  for (const width of widths) {
    const { data, info } = await source.resize(width).raw().toBuffer({ resolveWithObject: true });
    const raw = () => sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } });
    for (const [format, quality] of Object.entries(qualities)) {
      variants.push(await encoders[format](raw(), quality).toBuffer());
    }
    source = raw();
  }
  return variants;
}

// The method in sharp's documentation. It decodes the file in a separate pipeline for each variant.
async function pipelines(photo, { qualities, widths }) {
  const variants = [];
  for (const width of widths) {
    for (const [format, quality] of Object.entries(qualities)) {
      variants.push(await encoders[format](sharp(photo).resize(width), quality).toBuffer());
    }
  }
  return variants;
}

// The reference for SSIM. It reduces the fully decoded original with the Lanczos filter and encodes the result losslessly.
async function reference(photo, { widths }) {
  return Promise.all(widths.map((width) => sharp(photo).resize(width, null, { fastShrinkOnLoad: false }).png().toBuffer()));
}

const ways = { cascade, pipelines, reference };
let photo;
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  if (request.photo) {
    photo = readFileSync(request.photo);
  }
  const cpu = process.cpuUsage();
  const started = process.hrtime.bigint();
  const variants = await ways[request.way](photo, request);
  const milliseconds = Number(process.hrtime.bigint() - started) / 1e6;
  const { user, system } = process.cpuUsage(cpu);
  console.log(JSON.stringify({
    milliseconds,
    processorMilliseconds: (user + system) / 1e3,
    bytes: variants.map((variant) => variant.length),
    variants: request.keep ? variants.map((variant) => variant.toString('base64')) : undefined,
  }));
}
