import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Kills the server of this data folder with all that belongs to it, without warning. */
export async function killServer(dataFolder: string): Promise<void> {
  const postmaster = Number((await readFile(join(dataFolder, 'postmaster.pid'), 'utf8')).split('\n')[0]);
  const family = [postmaster, ...(await childrenOf(postmaster))];
  for (const pid of family) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}

async function childrenOf(parent: number): Promise<number[]> {
  const children: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const status = await readFile(`/proc/${name}/status`, 'utf8').catch(() => '');
    if (Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]) === parent) children.push(Number(name));
  }
  return children;
}
