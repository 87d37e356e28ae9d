import { beforeAll, describe, expect, it } from 'vitest';
import { openDb, openPool } from '#lib/server/platform/db.ts';
import { JURISDICTIONS } from '#lib/server/domain/policy/codes.ts';
import { publicWording } from '#lib/server/domain/policy/shared-wording.ts';
import { findBannedTerms } from '#lib/server/domain/policy/terms.ts';
import { letterHtml } from '#lib/server/domain/shared/letter-html.ts';
import { letterText } from '#lib/server/domain/shared/letter-text.ts';
import { paths } from '#lib/paths.ts';
import { afterFile } from '../harness/after.ts';
import { createTestDatabase } from '../harness/database.ts';
import { everyLetter } from '../domain/notifications/every-letter.ts';
import { startTestServer } from '../harness/server.ts';

/*
 * What everybody can read, as it leaves the server: words, titles, descriptions, alternative texts, labels, addresses and
 * structured data. None of it carries a term that the law of any jurisdiction in use forbids (L5).
 */

const SAID = /\s(?:alt|title|aria-label|placeholder|content|value|href|label)="([^"]*)"/g;
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

/** Everything in a page that somebody reads, sees in a tab or hears, with machines among them. */
function saidIn(html: string): string {
  const structured = [...html.matchAll(/<script type="application\/ld\+json">(.*?)<\/script>/gs)];
  const bare = html.replaceAll(/<(script|style)\b.*?<\/\1>/gs, ' ').replaceAll(/<!--.*?-->/gs, '');
  const attributes = [...bare.matchAll(SAID)].map(([, text]) =>
    decodeURIComponent(text!.replaceAll(/%(?![\dA-F]{2})/gi, '%25')),
  );
  // A word may be marked in the middle.
  const words = bare.replaceAll(/<\/?(?:mark|b|i|em|strong|span|a)\b[^>]*>/g, '').replaceAll(/<[^>]*>/g, ' ');
  return [words, ...attributes, ...structured.map(([, json]) => json!)]
    .join('\n')
    .replaceAll(/&(#?\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}

const banned = (text: string) =>
  findBannedTerms(text, publicWording).map(({ term, text: words }) => `${term}: ${words}`);

let read: (path: string) => Promise<{ status: number; text: string }>;
let slugs: string[];
beforeAll(async () => {
  const database = await createTestDatabase('demo');
  const db = openDb(openPool(database.urls.app, { max: 1, onError: () => {} }));
  afterFile(() => db.destroy());
  const { url } = await startTestServer(database);
  read = async (path) => {
    const answer = await fetch(new URL(path, url));
    return { status: answer.status, text: await answer.text() };
  };
  const listed = await db
    .selectFrom('listing')
    .innerJoin('practitioner', 'practitioner.id', 'listing.practitioner_id')
    .select('slug')
    .distinct()
    .orderBy('slug')
    .execute();
  slugs = listed.map(({ slug }) => slug);
}, 300_000);

describe('what the law forbids is found in what a page says', () => {
  it.each([
    ['its words', '<p>Wrinkle-free with bo<mark>to</mark>x</p>'],
    ['a title', '<title>Botox in Leeds</title>'],
    ['a description', '<meta name="description" content="The best botox" />'],
    ['an alternative text', '<img alt="After Botox" src="/a" />'],
    ['a label', '<button aria-label="#botox">x</button>'],
    ['an address', '<a href="/practitioners/botox-queen">Her</a>'],
    ['structured data', '<script type="application/ld+json">{"name":"Botox"}</script>'],
  ])('in %s', (_where, html) => {
    expect(banned(saidIn(html))).not.toEqual([]);
  });

  it('and not in what nobody reads', () => {
    expect(banned(saidIn('<style>.botox{}</style><script nonce="x">botox()</script>'))).toEqual([]);
  });
});

describe('no forbidden term', () => {
  it('is on the public pages of any practitioner of the demo', async () => {
    expect(slugs.length).toBeGreaterThanOrEqual(300);
    for (const slug of slugs)
      for (const path of [
        paths.practitioner(slug),
        paths.practitionerChecks(slug),
        paths.practitionerChecksJson(slug),
      ]) {
        const { status, text } = await read(path);
        expect([path, status]).toEqual([path, 200]);
        expect([path, banned(saidIn(text))]).toEqual([path, []]);
      }
  });

  it('is on what all of them share, in any jurisdiction', async () => {
    const searches = [
      '',
      'page=2',
      'q=botox',
      'q=jaw+botox&place=Leeds',
      'place=Houston&map=1',
      'place=Nowhere',
    ].map((query) => `${paths.search()}?${query}`);
    for (const path of [
      '/',
      ...searches,
      paths.howWeCheck(),
      paths.terms(),
      paths.privacyNotice(),
      paths.safetyReport(),
      paths.howSearchWorks(),
      paths.workWithUs(),
      paths.urgent(),
      paths.verify(),
      paths.verify('0'.repeat(20)),
      paths.emergencyCard(),
      ...JURISDICTIONS.map((jurisdiction) => paths.urgent(jurisdiction)),
      paths.signIn(),
      paths.register(),
      paths.forgotPassword(),
      '/sitemap.xml',
      '/robots.txt',
    ]) {
      const { status, text } = await read(path);
      expect([path, status]).toEqual([path, 200]);
      expect([path, banned(saidIn(text))]).toEqual([path, []]);
    }
    expect(banned(saidIn((await read('/no-such-page')).text))).toEqual([]);
  });

  it('is in any letter', () => {
    for (const { kind, letter, frame } of everyLetter)
      for (const part of [letterText(letter, frame), saidIn(letterHtml(letter, frame))])
        expect([kind, banned(part)]).toEqual([kind, []]);
  });
});
