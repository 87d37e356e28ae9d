import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [sveltekit()],
  // The largest chunk is MapLibre, which is fetched when somebody opens a map.
  build: { target: 'es2022', chunkSizeWarningLimit: 1_300 },
});
