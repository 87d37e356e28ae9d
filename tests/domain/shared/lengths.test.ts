import { sql } from 'kysely';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  askRecoveryInput,
  recoveryStepInput,
  renamePasskeyInput,
} from '#lib/server/domain/accounts/input.ts';
import { newConnectionForm } from '#lib/server/domain/availability/external/input.ts';
import { appealForm, correctionForm } from '#lib/server/domain/booking/day-input.ts';
import { requestKey, youForm } from '#lib/server/domain/booking/input.ts';
import { effectForm, effectStepForm } from '#lib/server/domain/care/adverse-events/input.ts';
import { quarantineForm, reachForm, releaseForm } from '#lib/server/domain/care/batches/input.ts';
import { CONSENT_FORMS } from '#lib/server/domain/care/consent-forms.ts';
import * as care from '#lib/server/domain/care/input.ts';
import { paperConsentForm } from '#lib/server/domain/care/paper-consent.ts';
import { consentForm, healthDraftForm, urgentForm } from '#lib/server/domain/care/patient-input.ts';
import { PRESCRIBER_PLACES } from '#lib/server/domain/care/prescriber-place.ts';
import { takeEvidence } from '#lib/server/domain/credentials/evidence.ts';
import { subscriptionForm } from '#lib/server/domain/notifications/short/input.ts';
import {
  answerForm as complaintAnswer,
  complaintForm,
  findingForm,
  returnForm as complaintReturn,
} from '#lib/server/domain/oversight/complaints/input.ts';
import * as oversight from '#lib/server/domain/oversight/input.ts';
import { lookUpInput } from '#lib/server/domain/oversight/look-up-input.ts';
import { caseForm as safetyCaseForm, recallForm } from '#lib/server/domain/oversight/safety/input.ts';
import { caseForm, refuseForm } from '#lib/server/domain/portfolio/input.ts';
import { coverForm, sinceForm } from '#lib/server/domain/practitioners/input.ts';
import { forgettingForm, openLockedForm } from '#lib/server/domain/privacy/input.ts';
import { bookNewForm } from '#lib/server/domain/reception/input.ts';
import { caseFileForm } from '#lib/server/domain/records/case-files.ts';
import { openSharedForm, shareForm } from '#lib/server/domain/records/sharing-input.ts';
import { refusalForm, reviewForm, rewordForm } from '#lib/server/domain/reviews/input.ts';
import { atLeast, atMost, lengthOf, upTo, words } from '#lib/server/domain/shared/words.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { afterFile } from '../../harness/after.ts';
import { createTestDatabase } from '../../harness/database.ts';

/** What a form and a constraint say of one text: how the form names it, what else is typed, and the row that it becomes. */
interface Pair {
  form: z.ZodType;
  field: string;
  others?: Record<string, unknown>;
  row: (text: string) => Record<string, unknown>;
  least: number;
  /** The database may bound nothing above; then this is the form's alone. */
  most: number;
  /** The form takes blanks around it for what they are. */
  isAsTyped?: true;
  /** The form wants more than a length, a digit or a link: it may refuse what the database would take. */
  isStricter?: true;
}

const pair = (
  form: z.ZodType,
  field: string,
  [least, most]: [number, number],
  row: Pair['row'] | string,
  others: Record<string, unknown> = {},
): Pair => ({
  form,
  field,
  least,
  most,
  others,
  row: typeof row === 'string' ? (text) => ({ [row]: text }) : row,
});
const stricter = (one: Pair): Pair => ({ ...one, isStricter: true });

const at = '2027-02-09T08:00:00Z';
const id = '01a229aa-f8f2-797a-b371-45136f0e9c22';
const consent = consentForm(CONSENT_FORMS[0]!);

/** Every constraint that measures what somebody types into a form. */
const MEASURED: Record<string, Pair[]> = {
  account_recovery_contact: [pair(askRecoveryInput, 'contact', [3, 300], 'contact')],
  account_recovery_first: [
    pair(
      recoveryStepInput,
      'words',
      [20, 2000],
      (text) => ({ state: 'first', first_by: id, first_saw: text }),
      { step: 'saw' },
    ),
  ],
  account_recovery_second: [
    pair(
      recoveryStepInput,
      'words',
      [20, 2000],
      (text) => ({ state: 'open', second_by: id, opens_at: at, second_saw: text }),
      { step: 'saw' },
    ),
  ],
  account_recovery_refusal: [
    pair(recoveryStepInput, 'words', [3, 2000], (text) => ({ state: 'refused', refusal: text }), {
      step: 'refuse',
    }),
  ],
  adverse_event_words: [pair(effectForm, 'words', [3, 2000], 'words')],
  adverse_event_step_words: [pair(effectStepForm, 'words', [3, 2000], 'words', { kind: 'addendum' })],
  adverse_event_step_says: [
    stricter(
      pair(effectStepForm, 'who', [2, 200], (text) => ({ kind: 'managed', who: text }), {
        kind: 'managed',
        words: 'Seen',
      }),
    ),
    stricter(
      pair(effectStepForm, 'reference', [2, 100], (text) => ({ kind: 'reported', reference: text }), {
        kind: 'reported',
        words: 'Seen',
      }),
    ),
  ],
  appointment_appeal_words: [pair(appealForm, 'words', [1, 2000], 'words')],
  appointment_correction_reason: [pair(correctionForm, 'reason', [1, 1000], 'reason')],
  appointment_interval_override: [
    pair(care.overrideForm, 'reason', [1, 1000], (text) => ({
      interval_override_by: id,
      interval_override_reason: text,
    })),
  ],
  appointment_prescriber_way: [
    pair(
      care.startForm,
      'prescriberWay',
      [3, 120],
      (text) => ({ prescriber_where: 'reachable', prescriber_way: text }),
      { prescriberWhere: PRESCRIBER_PLACES.find((place) => place !== 'on_site') },
    ),
  ],
  batch_quarantine_batch: [stricter(pair(quarantineForm, 'batch', [2, 60], 'batch'))],
  batch_quarantine_reason: [pair(quarantineForm, 'reason', [3, 1000], 'reason')],
  batch_quarantine_release: [
    stricter(
      pair(releaseForm, 'reason', [3, 1000], (text) => ({
        released_at: at,
        released_by: id,
        release_reason: text,
      })),
    ),
  ],
  batch_recall_advice: [pair(recallForm, 'advice', [10, 1000], 'advice')],
  batch_recall_batch: [stricter(pair(recallForm, 'batch', [2, 60], 'batch'))],
  batch_recall_reach_words: [pair(reachForm, 'words', [0, 500], 'words')],
  batch_recall_why: [pair(recallForm, 'why', [10, 2000], 'why')],
  case_file_reason: [pair(caseFileForm, 'reason', [10, 2000], 'reason')],
  case_file_recipient: [pair(caseFileForm, 'recipient', [2, 160], 'recipient')],
  complaint_wish: [pair(complaintForm, 'wish', [0, 2000], 'wish')],
  complaint_words: [pair(complaintForm, 'words', [20, 5000], 'words')],
  complaint_step_says: [
    pair(findingForm, 'words', [10, 5000], (text) => ({ kind: 'proposed', words: text })),
    pair(complaintAnswer, 'words', [10, 5000], (text) => ({ kind: 'answered', words: text })),
    pair(complaintReturn, 'words', [10, 5000], (text) => ({ kind: 'returned', words: text })),
  ],
  consent_interpreter: [pair(consent, 'interpreter', [0, 200], 'interpreter')],
  consent_paper_interpreter: [pair(paperConsentForm, 'interpreter', [0, 200], 'interpreter')],
  consent_paper_witness_words: [pair(paperConsentForm, 'witnessName', [3, 120], 'witness_name')],
  consultation_addendum_text: [pair(care.addendumForm, 'text', [1, 4000], 'text')],
  dropped_job_reason: [pair(oversight.dropForm, 'reason', [3, 500], 'reason')],
  external_calendar_name: [pair(newConnectionForm, 'name', [1, 60], 'name')],
  follow_up_record_findings: [pair(care.reviewVisitForm, 'findings', [1, 4000], 'findings')],
  health_decision_reason: [pair(care.healthDecisionForm, 'reason', [1, 1000], 'reason')],
  high_risk_change_checked: [
    stricter(
      pair(oversight.profileFindingInput, 'finding', [10, 2000], (text) => ({
        state: 'checked',
        checked_by: id,
        checked_at: at,
        finding: text,
      })),
    ),
  ],
  high_risk_change_decided: [
    stricter(
      pair(oversight.profileDecisionInput, 'reason', [10, 2000], (text) => ({
        state: 'accepted',
        decided_by: id,
        decided_at: at,
        decision_reason: text,
      })),
    ),
  ],
  high_risk_change_reason: [stricter(pair(sinceForm, 'reason', [10, 1000], 'reason'))],
  idempotency_key_length: [
    { ...pair(z.object({ requestKey }), 'requestKey', [8, 255], 'key'), isAsTyped: true },
  ],
  passkey_name: [pair(renamePasskeyInput, 'rename', [1, 60], 'name')],
  patient_family_name: [pair(youForm, 'familyName', [1, 100], 'family_name')],
  patient_given_name: [
    pair(youForm, 'givenName', [1, 100], 'given_name'),
    pair(bookNewForm, 'givenName', [1, 100], 'given_name'),
  ],
  policy_change_reason: [stricter(pair(oversight.policyChangeInput, 'reason', [10, 2000], 'reason'))],
  policy_change_source: [stricter(pair(oversight.policyChangeInput, 'source', [10, 500], 'source'))],
  portfolio_case_words: [
    pair(caseForm, 'askedFor', [10, 600], (text) => ({ asked_for: text, why: 'It was asked for so.' })),
    pair(caseForm, 'why', [10, 600], (text) => ({ asked_for: 'It was asked for so.', why: text })),
  ],
  portfolio_step_reason: [stricter(pair(refuseForm, 'reason', [10, 1000], 'reason'))],
  portfolio_step_reasoned: [
    pair(refuseForm, 'reason', [10, 1000], (text) => ({ kind: 'refused', reason: text })),
  ],
  practice_ending_custodian: [
    pair(oversight.ownEndingForm, 'recordsCustodian', [2, 120], (text) => ({
      records_custodian: text,
      records_contact: '020 7946 0018',
    })),
    pair(oversight.ownEndingForm, 'recordsContact', [5, 200], (text) => ({
      records_custodian: 'Northgate',
      records_contact: text,
    })),
  ],
  practice_ending_cover: [
    pair(oversight.ownEndingForm, 'coverName', [0, 120], (text) => ({ cover_name: text, cover_phone: '' })),
  ],
  practitioner_cover_named: [
    stricter(
      pair(coverForm, 'outOfHoursName', [1, 80], (text) => ({
        out_of_hours_name: text,
        out_of_hours_phone: '020 7946 0018',
        records_custodian: 'Northgate',
      })),
    ),
    pair(coverForm, 'recordsCustodian', [1, 120], (text) => ({
      out_of_hours_name: 'Northgate',
      out_of_hours_phone: '020 7946 0018',
      records_custodian: text,
    })),
  ],
  practitioner_forgetting_refusal: [
    pair(forgettingForm, 'words', [10, 2000], (text) => ({ state: 'refused', refusal: text }), {
      step: 'refuse',
    }),
  ],
  practitioner_forgetting_saw: [
    pair(forgettingForm, 'words', [20, 2000], (text) => ({ state: 'proposed', saw: text }), {
      step: 'propose',
    }),
  ],
  record_access_place: [pair(openSharedForm, 'readerPlace', [2, 160], 'reader_place')],
  record_access_reader: [pair(openSharedForm, 'readerName', [2, 120], 'reader_name')],
  record_lock_opening_reason: [pair(openLockedForm, 'reason', [10, 2000], 'reason')],
  record_share_for_whom: [pair(shareForm, 'forWhom', [2, 120], 'for_whom')],
  review_words: [pair(reviewForm, 'words', [20, 3000], 'words')],
  review_step_says: [
    pair(rewordForm, 'words', [20, 3000], (text) => ({ kind: 'reworded', words: text })),
    pair(refusalForm, 'words', [10, 3000], (text) => ({ kind: 'refused', words: text })),
  ],
  safety_case_closing: [
    pair(safetyCaseForm, 'finding', [10, 2000], (text) => ({
      closed_at: at,
      closed_by: id,
      finding: text,
      reference: 'A 17',
    })),
    stricter(
      pair(safetyCaseForm, 'reference', [2, 100], (text) => ({
        closed_at: at,
        closed_by: id,
        finding: 'Nothing that points to the batch.',
        reference: text,
      })),
    ),
  ],
  suspension_reason: [stricter(pair(oversight.suspensionInput, 'reason', [10, 2000], 'reason'))],
  urgent_contact_message: [pair(urgentForm, 'message', [1, 2000], 'message')],
  vial_batch: [pair(care.vialForm, 'batch', [1, 60], 'batch')],
};

/** Constraints that measure what no form has a field for, and who sees to it instead. */
const MEASURED_ELSEWHERE: Record<string, string> = {
  consent_paper_name: 'asked below',
  evidence_file_name: 'asked below',
  consultation_question_asked: 'a question without words is no row of the draft',
  consultation_record_suitable: 'signing asks readiness.ts first, which trims',
  deviation_reason: 'recordTreatment() asks for a reason that is not blank',
  treatment_record_batch: 'recordTreatment() asks for them',
  health_draft_answers: 'asked below',
  mail_bounce_reason: 'cut by bounce.ts',
  patient_reachable: 'newPerson asks for one of the two',
  portfolio_picture_placeholder: 'drawn by us',
  push_subscription_device: 'named by device.ts',
  push_subscription_endpoint: 'judged by safe-fetch as an address',
  record_claim_granted: 'chosen from a list',
  register_look_up_found: 'lookUpInput asks for a name where one was found',
  register_look_up_number: 'copied from the claim',
  retention_term_why: 'published with policy',
  session_device: 'named by device.ts',
  short_message_body: 'written by us',
  short_message_failure: 'cut by takeReport()',
  mail_message_stop_is_hash: 'a hash',
  calendar_feed_secret_is_hash: 'a hash',
};

/** Letters of one, two and several places; marks that join the letter before them; what nobody sees. */
const LETTERS = ['a', 'ش', '😀', '𝔸', 'e\u0301', '\u200B', '👩‍⚕️'];
/** Whatever is blank to somebody: to JavaScript's trim(), to PostgreSQL's, to a reader. */
const BLANKS = [' ', '\u00A0', '\uFEFF', '\u3000', '\u2028', '\n', '\t', '\u0085', '\u180E'];

function textsFor({ least, most }: Pair): string[] {
  const bounds = [...new Set([least - 1, least, most, most + 1])].filter((length) => length >= 0);
  const plain = LETTERS.flatMap((letter) =>
    bounds.map((length) => upTo(length, letter.repeat(Math.ceil(length / lengthOf(letter))))),
  );
  const padded = BLANKS.flatMap((blank) => [
    blank.repeat(least + 3),
    `${blank}${'a'.repeat(Math.max(0, least - 1))}${blank}`,
    `${blank}${'a'.repeat(least)}${blank}`,
    `${'a'.repeat(least)}${blank}a`,
    `${blank}${'a'.repeat(most)}${blank}`,
  ]);
  return [...plain, ...padded];
}

let db: Db;
let checks: Map<string, { table: string; expression: string }>;
beforeAll(async () => {
  const { urls } = await createTestDatabase();
  db = openDb(openPool(urls.owner, { max: 2, onError: () => {} }));
  afterFile(() => db.destroy());
  const { rows } = await sql<{ name: string; table: string; expression: string }>`
    SELECT conname AS name, conrelid::regclass::text AS table, pg_get_expr(conbin, conrelid) AS expression
    FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace`.execute(db);
  checks = new Map(rows.map(({ name, ...check }) => [name, check]));
});

/** Which of these rows a constraint takes, as the database judges every row that is written. */
async function taken(constraint: string, rows: Record<string, unknown>[]): Promise<boolean[]> {
  const { table, expression } = checks.get(constraint)!;
  const { rows: judged } = await sql<{ isTaken: boolean }>`
    SELECT (SELECT coalesce(${sql.raw(expression)}, true) FROM jsonb_populate_record(NULL::${sql.table(table)}, r.one)) AS "isTaken"
    FROM jsonb_array_elements(${JSON.stringify(rows)}::jsonb) WITH ORDINALITY AS r(one, nth) ORDER BY nth`.execute(
    db,
  );
  return judged.map(({ isTaken }) => isTaken);
}

describe('how long a text may be', () => {
  it('is asked by a form wherever the database asks it', () => {
    const measuring = [...checks]
      .filter(([, { expression }]) => /(?<!octet_|array_)length\(|TRIM\(|<> ''/.test(expression))
      .map(([name]) => name);
    const known = [...Object.keys(MEASURED), ...Object.keys(MEASURED_ELSEWHERE)];
    expect(measuring.filter((name) => !known.includes(name)).sort()).toEqual([]);
    expect(known.filter((name) => !checks.has(name))).toEqual([]);
  });

  it('is bounded for answers that are kept on the way, each and all together', async () => {
    const draft = (answers: number, answer: string) =>
      Object.fromEntries(Array.from({ length: answers }, (_, nth) => ['q'.repeat(nth + 1), answer]));
    for (const answer of ['😀', '"', '\\', '\u0001', '\n', 'a'])
      for (const answers of [4, 12, 28, 29, 30, 35]) {
        const { success, data } = healthDraftForm.safeParse(draft(answers, answer.repeat(2100)));
        if (success) expect(await taken('health_draft_answers', [{ answers: data.typed }])).toEqual([true]);
      }
    expect(healthDraftForm.safeParse(draft(28, 'a'.repeat(2100))).success).toBe(true);
    expect(healthDraftForm.safeParse(draft(35, 'a'.repeat(2100))).success).toBe(false);
    // Nothing is cut through the middle: half a letter is no JSON to PostgreSQL.
    expect(healthDraftForm.parse({ more: `a${'😀'.repeat(2000)}` }).typed.more!.isWellFormed()).toBe(true);
  });

  it('is no matter of an address: its form takes none that the database refuses', async () => {
    const rest = { credentialId: id, found: 'no', result: 'confirmed', evidence: new File(['x'], 'x.pdf') };
    const urls = ['', ...BLANKS, 'a'].map((letter) => `https://register.example/${letter}x`);
    const accepted = urls.filter((pageUrl) => lookUpInput.safeParse({ ...rest, pageUrl }).success);
    expect(accepted).toContain('https://register.example/ax');
    const rows = accepted.map((url) => ({ page_url: url }));
    expect(await taken('register_look_up_page', rows)).not.toContain(false);
  });

  it('of what an index finds fits into it: 2,704 bytes of whatever letters', () => {
    const longest = (length: number) =>
      Array.from({ length }, (_, nth) => String.fromCodePoint(0x20000 + ((nth * 7919) % 40_000))).join('');
    const refused = (form: z.ZodType, typed: object, field: string) =>
      form.safeParse(typed).error?.issues.some(({ path }) => path[0] === field) ?? false;
    expect(refused(care.treatmentForm, { batch: longest(61) }, 'batch')).toBe(true);
    expect(refused(care.treatmentForm, { batch: longest(60) }, 'batch')).toBe(false);
    expect(refused(subscriptionForm, { endpoint: `https://push.example/${longest(1900)}` }, 'endpoint')).toBe(
      true,
    );
    expect(
      refused(subscriptionForm, { endpoint: `https://push.example/${'a'.repeat(1900)}` }, 'endpoint'),
    ).toBe(false);
  });

  it('of the name of a file is what is made of it', async () => {
    const square = { width: 8, height: 8, channels: 3, background: 'white' } as const;
    const png = new Uint8Array(await sharp({ create: square }).png().toBuffer());
    const typed = ['', 'a'.repeat(300), `${'a'.repeat(99)}😀`, '..', 'a/b\\c', '\u2028\u0085.png', '\u0001'];
    const files = await Promise.all(typed.map((name) => takeEvidence(new File([png], name))));
    const rows = files.map(({ name }) => ({ name }));
    for (const constraint of ['evidence_file_name', 'consent_paper_name'])
      expect(await taken(constraint, rows)).not.toContain(false);
    expect(files.every(({ name }) => name.isWellFormed())).toBe(true);
  });

  it.each(
    Object.entries(MEASURED).flatMap(([name, pairs]) => pairs.map((one) => [name, one.field, one] as const)),
  )('%s says of a text what the form says (%s)', async (constraint, field, one) => {
    const texts = textsFor(one).map((typed) => ({ typed, kept: one.isAsTyped ? typed : typed.trim() }));
    const byDatabase = await taken(
      constraint,
      texts.map(({ kept }) => one.row(kept)),
    );
    const byForm = texts.map(({ typed }) => {
      const { error } = one.form.safeParse({ ...one.others, [field]: typed });
      return !error?.issues.some(({ path }) => path[0] === field);
    });
    // Where the database bounds nothing above, the form alone does.
    const [isUnbounded] = await taken(constraint, [one.row('a'.repeat(one.most + 1))]);
    const mayDiffer = (kept: string) => one.isStricter || (isUnbounded && lengthOf(kept) > one.most);
    const differing = texts.flatMap(({ typed, kept }, nth) =>
      byForm[nth] === byDatabase[nth] || (byDatabase[nth] && mayDiffer(kept)) ? [] : [typed],
    );
    expect(differing.map((typed) => `${JSON.stringify(upTo(40, typed))}, ${lengthOf(typed)}`)).toEqual([]);
    // A pair that takes all or nothing has not been asked.
    expect(new Set(byForm).size).toBe(2);
  });
});

describe('words', () => {
  it('are counted in characters and cut between them', () => {
    expect(['', 'a', '😀', 'e\u0301'].map(lengthOf)).toEqual([0, 1, 1, 2]);
    expect(upTo(2, 'a😀b')).toBe('a😀');
  });

  it('that are too many are asked nothing else', () => {
    let asked = 0;
    const schema = z
      .string()
      .check(atLeast(1), atMost(3))
      .refine(() => (asked += 1) > 0);
    expect(schema.safeParse('abcd').error?.issues.map(({ message }) => message)).toEqual([
      'Use at most 3 characters',
    ]);
    expect(asked).toBe(0);
    expect(schema.safeParse('abc').success).toBe(true);
    expect(words(0, 2000).safeParse('x'.repeat(2001)).error?.issues[0]?.message).toBe(
      'Use at most 2,000 characters',
    );
  });
});
