import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

/**
 * Writes a `.br` and a `.gz` file beside each text file, so that the function app sends compressed files without compressing them at run
 * time. A compressed file that is not smaller is omitted, and the app then sends the file as it is.
 */
function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        for (const file of Object.values(bundle)) {
          const source = Buffer.from(file.type === 'chunk' ? file.code : file.source);
          const forms = {
            br: brotliCompressSync(source, {
              params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: source.length },
            }),
            gz: gzipSync(source, { level: 9 }),
          };
          for (const [ending, compressed] of Object.entries(forms)) {
            if (compressed.length < source.length * 0.9) {
              this.emitFile({ type: 'asset', fileName: `${file.fileName}.${ending}`, source: compressed });
            }
          }
        }
      },
    },
  };
}

// `npm run dev` serves the page with hot reload, and forwards all other requests to a running LocalCloud or `func start`.
const backend = process.env.SHOP_URL ?? 'http://127.0.0.1:7071';

export default defineConfig({
  plugins: [precompress()],
  build: {
    target: 'es2022',
    // The content security policy forbids data URLs, so no asset is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { '/api': backend, '/images': backend } },
});
