import adapter from '@sveltejs/adapter-node';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

/** @type {import('@sveltejs/kit').Config} */
export default {
  preprocess: vitePreprocess(),
  kit: {
    adapter: adapter({ out: process.env.BUILD_DIR ?? 'build', precompress: true }),
    // Our own check in hooks.server.ts covers every unsafe method and content type, and knows the
    // loopback names of demo mode; Kit's covers form types only and guesses https.
    csrf: { trustedOrigins: ['*'] },
    csp: {
      mode: 'nonce',
      directives: {
        'default-src': ['none'],
        'script-src': ['self'],
        'style-src': ['self'],
        // The one inline style of SvelteKit's route announcer, by its hash.
        'style-src-attr': ['unsafe-hashes', 'sha256-S8qMpvofolR8Mpjy4kQvEm7m1q8clzU4dfDH0AmvZjo='],
        'img-src': ['self', 'data:'],
        'font-src': ['self'],
        'connect-src': ['self'],
        // What the map works with.
        'worker-src': ['self'],
        'form-action': ['self'],
        'base-uri': ['none'],
        'frame-ancestors': ['none'],
        'object-src': ['none'],
        'manifest-src': ['self'],
      },
    },
    // Two hundred addresses, most of them nothing to the public, need not come with every page.
    router: { resolution: 'server' },
    // Every style a page needs comes within it, so that it shows after one answer; only the desk's calendar is larger.
    inlineStyleThreshold: 16_000,
    files: { lib: 'src/lib' },
    version: { pollInterval: 0 },
  },
};
