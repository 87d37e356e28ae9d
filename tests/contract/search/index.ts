import { beforeAll, describe } from 'vitest';
import { anything } from './anything.ts';
import { changes } from './changes.ts';
import { choices } from './choices.ts';
import { hostileQuestions } from './hostile.ts';
import { places } from './places.ts';
import { orders } from './orders.ts';
import { typedWords } from './words.ts';
import type { Started } from './world.ts';

export type { Started };

/** What every engine behind the port must do. */
export function searchContract(engine: string, start: () => Promise<Started>): void {
  describe(`search index: ${engine}`, () => {
    let started: Started;
    beforeAll(async () => {
      started = await start();
    });
    for (const part of [typedWords, choices, places, orders, changes, hostileQuestions, anything])
      part(() => started);
  });
}
