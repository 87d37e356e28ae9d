/** What somebody with an account agrees to, or has to know of. */
export const DOCUMENTS = ['terms', 'privacy'] as const;
export type TermsDocument = (typeof DOCUMENTS)[number];

/** One version of a document: from when it holds, and what is different for its reader. */
export type TermsVersion = {
  readonly version: number;
  readonly since: string;
  /** Whether everybody is asked again; a spelling mistake put right asks nobody. */
  readonly isMaterial: boolean;
  readonly changes: string;
};
export type TermsVersions = Readonly<Record<TermsDocument, readonly TermsVersion[]>>;

/**
 * Every version there was, the latest last. Whoever changes the words of `routes/(public)/terms` or of the privacy notice adds
 * one, and says what changed.
 */
export const TERMS_VERSIONS: TermsVersions = {
  terms: [{ version: 1, since: '2026-11-01', isMaterial: true, changes: 'The first version.' }],
  privacy: [{ version: 1, since: '2026-11-01', isMaterial: true, changes: 'The first version.' }],
};

export const TERMS_TITLES: Readonly<Record<TermsDocument, string>> = {
  terms: 'Terms of use',
  privacy: 'Privacy notice',
};

/** The version of a document that holds. */
export function latestOf(versions: readonly TermsVersion[]): TermsVersion {
  return versions.at(-1)!;
}

/** What changed materially since the version that somebody agreed to; nothing where they need not be asked. */
export function changedSince(versions: readonly TermsVersion[], agreed: number): TermsVersion[] {
  return versions.filter(({ version, isMaterial }) => isMaterial && version > agreed);
}
