import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freePort } from '#db/embedded/launch.ts';
import { projectFolder } from '../../../src/bin/build.ts';

const FILES = {
  'package.json': JSON.stringify({ name: 'empty', type: 'module', private: true }),
  'svelte.config.js': `import adapter from '@sveltejs/adapter-node';\nexport default { kit: { adapter: adapter() } };\n`,
  'vite.config.js': `import { sveltekit } from '@sveltejs/kit/vite';\nexport default { plugins: [sveltekit()] };\n`,
  'src/app.html':
    '<!doctype html><html lang="en"><head>%sveltekit.head%</head><body>%sveltekit.body%</body></html>',
  'src/routes/+page.svelte': '<p>Nothing.</p>\n',
};

export interface EmptyPage {
  url: string;
  stop(): Promise<void>;
}

/**
 * An application of SvelteKit with one page that shows a sentence, built with our own packages and served by a process of its
 * own: no hooks, no layout, nothing read. What of a page is not SvelteKit is all that it has not.
 */
export async function serveEmptyPage(): Promise<EmptyPage> {
  const folder = await mkdtemp(join(tmpdir(), 'steadyhand-empty-'));
  for (const [path, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  await symlink(join(projectFolder, 'node_modules'), join(folder, 'node_modules'), 'junction');
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js');
  await ended(
    spawn(process.execPath, [vite, 'build', '--logLevel', 'warn'], { cwd: folder, stdio: 'inherit' }),
  );

  const port = await freePort();
  const server = spawn(process.execPath, ['build/index.js'], {
    cwd: folder,
    stdio: 'ignore',
    env: {
      ...process.env,
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: String(port),
      ORIGIN: `http://127.0.0.1:${port}`,
    },
  });
  process.once('exit', () => server.kill('SIGKILL'));
  const closed = new Promise<void>((resolve) => server.once('close', () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries++) {
    if (
      await fetch(url).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      break;
    if (tries > 200) throw new Error('The empty page is not served.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    url,
    stop: async () => {
      server.kill('SIGTERM');
      await closed;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function ended(child: ReturnType<typeof spawn>): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error('The empty page could not be built.')),
    );
  });
}
