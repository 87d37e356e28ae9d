import type { Config } from '#lib/server/platform/config.ts';
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

/**
 * Who works for us on what we hold, by the name of their server: whatever this house is set up with, and nobody else. Our own mailbox,
 * and a server on this machine, are nobody else.
 */
export function processors({
  mail,
  texts,
  push,
  search,
  mapStyleUrl,
}: Pick<Config, 'mail' | 'texts' | 'push' | 'search' | 'mapStyleUrl'>): { who: string; what: string }[] {
  const at = (url: string | URL, what: string) => {
    const { hostname } = new URL(url);
    return /^(localhost|127\.|\[::1\])/.test(hostname) ? [] : [{ who: hostname, what }];
  };
  return [
    ...(mail.kind === 'smtp'
      ? at(mail.url, 'carries our letters: your address, your name, and what we write')
      : []),
    ...(texts === null
      ? []
      : at(
          texts.url,
          'carries text messages, if you want them: your telephone number, and words without your name',
        )),
    ...(push === null
      ? []
      : [
          {
            who: 'The maker of your browser',
            what: 'carries notifications, if you want them, sealed so that only your browser reads them',
          },
        ]),
    ...(search === null
      ? []
      : at(
          search.url,
          'finds practitioners by what everybody can read of them; it learns nothing of who looks',
        )),
    ...(mapStyleUrl === null
      ? []
      : at(mapStyleUrl, 'draws the map; your browser loads it from there, and it sees your network address')),
  ];
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
