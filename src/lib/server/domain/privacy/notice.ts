import { dataMap } from './data-map.ts';
import { KEPT, READERS, WHY } from './data-map/mapped-table.ts';

/** The data map as everybody reads it: why we hold what, on what ground, who reads it, and for how long. */
export function privacyNotice() {
  return Object.entries(WHY).map(([why, { words, ground }]) => {
    const tables = Object.values(dataMap).flatMap((table) =>
      table.about !== 'nobody' && table.why === why ? [table] : [],
    );
    return {
      words,
      ground,
      holds: tables.map(({ what }) => what),
      readers: unique(tables.flatMap(({ readers }) => readers)).map((reader) => READERS[reader]),
      kept: unique(tables.map(({ kept }) => kept)).map((kept) => KEPT[kept]),
    };
  });
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
