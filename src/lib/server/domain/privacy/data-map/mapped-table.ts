/*
 * The words that the data map is written in: why we hold something, who reads it, how long it is kept, and what becomes of it
 * when its person is forgotten.
 */

export const WHY = {
  account: { words: 'to open an account and keep it safe for its owner', ground: 'contract' },
  booking: { words: 'to arrange a visit', ground: 'contract' },
  care: { words: 'care by professionals who are bound to secrecy', ground: 'health care' },
  law: { words: 'the law, or the body that supervises professionals, wants it', ground: 'legal obligation' },
  safety: { words: 'safety of medicines, and of those who were given the same', ground: 'public health' },
  listing: { words: 'to be found and booked', ground: 'contract' },
  consent: { words: 'the person chose it, and can take it back', ground: 'consent' },
  security: { words: 'to keep others out', ground: 'legitimate interest' },
  record: { words: 'to show who did what', ground: 'legal obligation' },
} as const satisfies Readonly<Record<string, { words: string; ground: string }>>;

export const READERS = {
  self: 'the person',
  practitioner: 'practitioners who see, prescribe for or treat them',
  desk: 'the desk of a clinic they come to',
  cared_for: 'patients whom they did something for',
  carer: 'who helps with their appointments',
  reviewer: 'reviewers',
  operator: 'operators',
  opened: 'an operator whom a second one allows it, for an hour',
  public: 'everybody',
} as const satisfies Readonly<Record<string, string>>;

export const KEPT = {
  account: 'until its person is forgotten',
  confirmed: 'until its person is forgotten; 30 days where nobody confirms the address',
  record: 'with the record: as many years after the last visit as the law of the place says',
  practice: 'as long as the records that the practitioner wrote',
  two_years: 'two years',
  month: 'a month',
  two_days: 'two days',
  session: 'until it ends, 30 days at most',
  hold: 'as long as the time is kept',
  register: 'until the next release of the register',
  always: 'for good; it holds ids, days and codes',
} as const satisfies Readonly<Record<string, string>>;

export const ERASURE = {
  removed: 'removed',
  blanked: 'names and words are removed, the row stays without them',
  locked: 'locked away while the law keeps it, else removed',
  author: 'stays with the records that the practitioner wrote, and goes when the last of them has run out',
  kept: 'stays: it holds no words of or about a patient',
} as const satisfies Readonly<Record<string, string>>;

/** Columns are listed by their names with spaces between. */
interface Columns {
  /** Says who somebody is, or was said by or about them. */
  personal?: string;
  /** Of somebody's health. */
  clinical?: string;
  /** Opens something, or is the hash of what does. Never leaves the database. */
  secret?: string;
  /** Files, which are linked from a copy instead of being in it. */
  linked?: string;
  /** Ids, codes and times. */
  other?: string;
  /** Those of the columns above that everybody reads, where the rest is for `readers`. */
  shown?: string;
}

/** One table of the database, as the data map tells of it. */
export type MappedTable = Columns & { what: string } & (
    | { about: 'nobody' }
    | {
        about: 'patient' | 'practitioner' | 'account';
        why: keyof typeof WHY;
        /** Nobody where it is empty: only the system itself reads it. */
        readers: readonly (keyof typeof READERS)[];
        kept: keyof typeof KEPT;
        erasure: keyof typeof ERASURE;
        /** Which rows are about the person who asks for a copy; null where a copy has none of it. */
        find: string | null;
        /** What is read instead of the table. */
        from?: string;
      }
  );
