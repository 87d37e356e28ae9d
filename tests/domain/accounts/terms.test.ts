import { expect, it } from 'vitest';
import { agreeToTerms, readTerms } from '#lib/server/domain/accounts/agree-to-terms.ts';
import { TERMS_VERSIONS, type TermsVersions } from '#lib/server/domain/accounts/terms.ts';
import { openAccounts, somebody } from './world.ts';

const { owner, db } = await openAccounts();
const FIRST = { version: 1, since: '2026-11-01', isMaterial: true, changes: 'The first version.' };
const next = (isMaterial: boolean): TermsVersions => ({
  terms: [
    FIRST,
    { version: 2, since: '2027-01-01', isMaterial, changes: 'Cancelling is free until the day before.' },
  ],
  privacy: [FIRST],
});
const as = async () => ({ kind: 'account', accountId: (await somebody(owner)).accountId }) as const;

it('what holds now is agreed to once, and then nobody is asked', async () => {
  const me = await as();
  expect((await readTerms(db, me)).isDue).toBe(false);
  await agreeToTerms(db, me);
  await agreeToTerms(db, me);
  const { documents, isDue } = await readTerms(db, me);
  expect(isDue).toBe(false);
  expect(
    documents.map(({ document, agreedVersion, agreedOn }) => [document, agreedVersion, agreedOn !== null]),
  ).toEqual([
    ['terms', 1, true],
    ['privacy', 1, true],
  ]);
});

it('a version that matters is asked for, with what is different; a small one is not', async () => {
  const me = await as();
  await agreeToTerms(db, me);
  expect((await readTerms(db, me, next(false))).isDue).toBe(false);
  const asked = await readTerms(db, me, next(true));
  expect(asked.isDue).toBe(true);
  expect(asked.documents[0]?.changes).toEqual(['Cancelling is free until the day before.']);
  await agreeToTerms(db, me, next(true));
  expect((await readTerms(db, me, next(true))).isDue).toBe(false);
});

it('versions count up from one, and the latest is the last', () => {
  for (const versions of Object.values(TERMS_VERSIONS))
    expect(versions.map(({ version }) => version)).toEqual(versions.map((_, index) => index + 1));
});
