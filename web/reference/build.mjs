// Writes the files of the API reference (GET /api/docs) to dist. The build of src/Functions copies them beside the files of the page.
// Scalar's file contains all of its dependencies, so package-lock.json names no other package.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, constants } from 'node:zlib';

const { version, license } = JSON.parse(readFileSync('node_modules/@scalar/api-reference/package.json', 'utf8'));
const scripts = {
  'scalar.js': Buffer.concat([
    Buffer.from(`/*! @scalar/api-reference ${version}, ${license} License, https://github.com/scalar/scalar */\n`),
    readFileSync('node_modules/@scalar/api-reference/dist/browser/standalone.js'),
  ]),
  'docs.js': readFileSync('docs.js'),
};

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist/assets', { recursive: true });
let html = readFileSync('docs.html', 'utf8');
for (const [name, content] of Object.entries(scripts)) {
  const hash = createHash('sha256').update(content).digest('base64url').replaceAll(/[-_]/g, '').slice(0, 8);
  const file = name.replace('.', `-${hash}.`);
  html = html.replace(`/assets/${name}`, `/assets/${file}`);
  // Only the compressed form is written, because the package of the app must be small. The app decompresses it for the few clients that do
  // not accept Brotli.
  writeFileSync(`dist/assets/${file}.br`, brotliCompressSync(content, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: content.length },
  }));
}
writeFileSync('dist/docs.html', html);
