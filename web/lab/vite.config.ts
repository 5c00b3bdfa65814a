import { defineConfig } from 'vite';

// `npm run dev:lab` serves the laboratory with hot reload, and forwards its requests to a running LocalCloud.
const backend = process.env.SHOP_URL ?? 'http://127.0.0.1:7071';

// LocalCloud serves the files at /lab. They are built into a folder of their own, so that the function app does not contain them.
export default defineConfig({
  root: import.meta.dirname,
  base: '/lab/',
  build: {
    outDir: '../dist-lab',
    emptyOutDir: true,
    target: 'es2022',
    // The content security policy forbids data URLs, so no asset is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { '/_local': backend } },
});
