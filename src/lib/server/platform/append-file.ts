import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A file of lines that is only ever added to. One that is not there is empty. */
export function openAppendFile(path: string) {
  return {
    async lines(): Promise<readonly string[]> {
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return '';
        throw error;
      });
      return text.split('\n').filter((line) => line !== '');
    },
    async append(lines: readonly string[]): Promise<void> {
      if (lines.length === 0) return;
      await mkdir(dirname(path), { recursive: true });
      await appendFile(path, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
    },
  };
}
