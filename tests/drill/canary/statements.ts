import { createHash } from 'node:crypto';
import type pg from 'pg';

/** SQL with what is bound to it. */
export type Statement = readonly [text: string, values: readonly unknown[]];

export const WORDS = 'Something that was said, and is long enough.';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** One after the other; says which one failed. */
export async function runAll(client: pg.Client, statements: readonly Statement[]): Promise<void> {
  for (const [text, values] of statements)
    await client.query(text, [...values]).catch((error: unknown) => {
      throw new Error(`${text.trim().slice(0, 90)}: ${(error as Error).message}`);
    });
}
