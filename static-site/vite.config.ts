import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Where `npm run dev` finds the API: the address `local/up` prints. */
const api = process.env.TRAJECTORY_API ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: {
    proxy: {
      '/api': { target: api, changeOrigin: true },
      '/openapi.json': { target: api, changeOrigin: true },
      // The API lets in sockets of its own origin's pages: here the page comes from another port.
      '/ws': { target: api, ws: true, changeOrigin: true, headers: { origin: api } },
    },
  },
  build: {
    target: 'es2022',
    sourcemap: false,
    // What every page needs is one file: many small ones compress worse, by 15 kB of the first view.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'initial', tags: ['$initial'] }] } } },
  },
  test: {
    environment: 'happy-dom',
    setupFiles: ['./src/shared/testing/setup.ts'],
    include: ['src/**/*.test.{ts,tsx}'],
    restoreMocks: true,
  },
});
