import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import { acting, type Signer } from '../builders/act.ts';
import { attack, breaks, forbidden, insert, NOTHING, twice, update } from './attack.ts';
import type { Stage } from './stage.ts';

const TINY = 'data:image/webp;base64,AAAA';
const JPEG = Buffer.from('ffd8ffe000000000000000000000000000', 'hex');

/** A word about pictures of the treated patient, with every column that the database fills in itself. */
const word = ({ treated: { id, patient, who } }: Stage, said: string, by: Signer, row: object = {}) =>
  insert('photo_consent', {
    treatment_id: id,
    patient_id: patient.id,
    practitioner_id: who.id,
    purpose: 'consultation',
    nth: 9,
    word: said,
    said_by: by.accountId,
    said_at: sql`app_now()`,
    ...row,
  });

async function say(trx: Queryable, t: Stage, by: Signer, said: string, row: object = {}): Promise<void> {
  await acting(trx, by, (as) => word(t, said, by, row).execute(as));
}
async function agreed(trx: Queryable, t: Stage, row: object = {}): Promise<void> {
  await say(trx, t, t.treated.who, 'asked', row);
  await say(trx, t, t.treated.patient, 'given', row);
}

const daysAgo = (days: number) => sql`app_now()::date - ${sql.lit(days)}`;
const portfolioCase = ({ treated: { id, patient, who, where } }: Stage, row: object = {}) =>
  insert('portfolio_case', {
    treatment_id: id,
    patient_id: patient.id,
    practitioner_id: who.id,
    jurisdiction: where.jurisdiction,
    treated_on: daysAgo(17),
    before_on: daysAgo(30),
    after_on: daysAgo(0),
    regions: '{frown_lines}',
    asked_for: 'To look less cross in the morning.',
    why: 'A little on each side.',
    unaltered: true,
    ...row,
  });

type Made = { readonly caseId: string; readonly pictureId: string };

const picture = (caseId: string, side: string, row: object = {}) =>
  insert('portfolio_picture', { case_id: caseId, side, placeholder: TINY, ...row });
const rendition = (pictureId: string, row: object = {}) =>
  insert('portfolio_rendition', {
    picture_id: pictureId,
    is_whole: false,
    width: 1,
    height: 1,
    media_type: 'image/jpeg',
    bytes: JPEG,
    ...row,
  });
const step = (caseId: string, kind: string, by: Signer, row: object = {}) =>
  insert('portfolio_step', {
    case_id: caseId,
    nth: 9,
    kind,
    taken_by: by.accountId,
    taken_at: sql`app_now()`,
    ...row,
  });
const upload = (caseId: string, row: object = {}) =>
  insert('portfolio_upload', { case_id: caseId, side: 'before', size: 9, sha256: 'a'.repeat(64), ...row });

const idOf = async (trx: Queryable, table: string) =>
  (await sql<{ id: string }>`SELECT id FROM ${sql.table(table)} ORDER BY ctid DESC LIMIT 1`.execute(trx))
    .rows[0]!.id;

/** A case with as many pictures, open or with the reviewers. */
async function made(
  trx: Queryable,
  t: Stage,
  { pictures = 2, sent = false, purpose = 'consultation' } = {},
): Promise<Made> {
  await agreed(trx, t, { purpose });
  const { who } = t.treated;
  await acting(trx, who, (as) => portfolioCase(t).execute(as));
  const caseId = await idOf(trx, 'portfolio_case');
  for (const side of ['before', 'after'].slice(0, pictures))
    await acting(trx, who, async (as) => {
      await picture(caseId, side).execute(as);
      await rendition(await idOf(as, 'portfolio_picture')).execute(as);
    });
  if (sent) await acting(trx, who, (as) => step(caseId, 'sent', who).execute(as));
  return { caseId, pictureId: pictures > 0 ? await idOf(trx, 'portfolio_picture') : '' };
}

/** With a file on its way. */
async function sending(trx: Queryable, t: Stage): Promise<Made & { uploadId: string }> {
  const all = await made(trx, t);
  await acting(trx, t.treated.who, async (as) => {
    await upload(all.caseId).execute(as);
    await insert('portfolio_upload_piece', {
      upload_id: await idOf(as, 'portfolio_upload'),
      starts_at: 0,
      bytes: JPEG.subarray(0, 4),
    }).execute(as);
  });
  return { ...all, uploadId: await idOf(trx, 'portfolio_upload') };
}

const send = async (trx: Queryable, t: Stage, caseId: string) =>
  acting(trx, t.treated.who, (as) => step(caseId, 'sent', t.treated.who).execute(as));

/** What nobody may do to show, keep or change pictures of somebody (L6). */
export const portfolio = [
  attack('L6', 'a yes to pictures in the patient’s name', breaks('photo_consent_by_patient'), {
    before: (trx, t) => say(trx, t, t.treated.who, 'asked'),
    actor: (t, lawful) => (lawful ? t.treated.patient : t.treated.who),
    attack: (t) => word(t, 'given', t.treated.patient),
  }),
  attack('L6', 'pictures asked for by another than who treated', breaks('photo_consent_by_practitioner'), {
    actor: (t, lawful) => (lawful ? t.treated.who : t.treated.patient),
    attack: (t) => word(t, 'asked', t.treated.who),
  }),
  attack('L6', 'pictures asked for before the treatment', breaks('photo_consent_by_practitioner'), {
    actor: (t) => t.treated.who,
    attack: (t) =>
      word(t, 'asked', t.booked.who, { treatment_id: t.booked.id, patient_id: t.booked.patient.id }),
    twin: (t) => word(t, 'asked', t.treated.who),
  }),
  attack('L6', 'pictures asked for again after a no', breaks('photo_consent_order'), {
    before: async (trx, t, lawful) => {
      if (lawful) return;
      await say(trx, t, t.treated.who, 'asked');
      await say(trx, t, t.treated.patient, 'declined');
    },
    actor: (t) => t.treated.who,
    attack: (t) => word(t, 'asked', t.treated.who),
  }),
  attack('L6', 'a use that nobody knows', breaks('photo_consent_purpose'), {
    actor: (t) => t.treated.who,
    attack: (t) => word(t, 'asked', t.treated.who, { purpose: 'advertising' }),
    twin: (t) => word(t, 'asked', t.treated.who),
  }),
  attack('P3', 'a word about pictures rewritten', forbidden('photo_consent'), {
    attack: () => sql`UPDATE photo_consent SET word = 'given'`,
    twin: () => sql`SELECT count(*) FROM photo_consent`,
  }),

  attack('L6', 'a case without consent to show it', breaks('portfolio_case_consent'), {
    before: (trx, t, lawful) => agreed(trx, t, lawful ? {} : { purpose: 'record' }),
    actor: (t) => t.treated.who,
    attack: (t) => portfolioCase(t),
  }),
  attack('L6', 'a case of a colleague’s treatment', breaks('portfolio_case_own_treatment'), {
    before: (trx, t) => agreed(trx, t),
    actor: (t, lawful) => (lawful ? t.treated.who : t.prescriber),
    attack: (t) => portfolioCase(t),
  }),
  attack('L6', 'a case whose pictures are not declared unaltered', breaks('portfolio_case_unaltered'), {
    before: (trx, t) => agreed(trx, t),
    actor: (t) => t.treated.who,
    attack: (t) => portfolioCase(t, { unaltered: false }),
    twin: (t) => portfolioCase(t),
  }),
  attack('L6', 'a picture after that is from before', breaks('portfolio_case_dates'), {
    before: (trx, t) => agreed(trx, t),
    actor: (t) => t.treated.who,
    attack: (t) => portfolioCase(t, { after_on: daysAgo(29) }),
    twin: (t) => portfolioCase(t),
  }),
  attack('L6', 'words changed under the reviewers', breaks('portfolio_case_frozen'), {
    before: (trx, t, lawful) => made(trx, t, { sent: !lawful }),
    actor: (t) => t.treated.who,
    attack: (_, { caseId }) => update('portfolio_case', caseId, { why: 'Something else entirely.' }),
  }),
  attack('L6', 'a second case of one treatment', twice('portfolio_case_once'), {
    before: async (trx, t, lawful) => {
      if (lawful) await agreed(trx, t);
      else await made(trx, t);
    },
    actor: (t) => t.treated.who,
    attack: (t) => portfolioCase(t),
  }),

  attack('L6', 'a case approved by whose it is', breaks('portfolio_step_by_reviewer'), {
    before: (trx, t) => made(trx, t, { sent: true }),
    actor: (t, lawful) => (lawful ? t.reviewers[0] : t.treated.who),
    attack: (t, { caseId }) => step(caseId, 'approved', t.reviewers[0]),
  }),
  attack('L6', 'a case approved that nobody sent', breaks('portfolio_step_order'), {
    before: (trx, t, lawful) => made(trx, t, { sent: lawful }),
    actor: (t) => t.reviewers[0],
    attack: (t, { caseId }) => step(caseId, 'approved', t.reviewers[0]),
  }),
  attack('L6', 'a case sent with one picture', breaks('portfolio_step_pictures'), {
    before: (trx, t, lawful) => made(trx, t, { pictures: lawful ? 2 : 1 }),
    actor: (t) => t.treated.who,
    attack: (t, { caseId }) => step(caseId, 'sent', t.treated.who),
  }),
  attack('L6', 'a case sent by another', breaks('portfolio_step_by_practitioner'), {
    before: (trx, t) => made(trx, t),
    actor: (t, lawful) => (lawful ? t.treated.who : t.prescriber),
    attack: (t, { caseId }) => step(caseId, 'sent', t.treated.who),
  }),
  attack('L6', 'a case approved that its patient has taken back', breaks('portfolio_step_consent'), {
    before: async (trx, t, lawful) => {
      const all = await made(trx, t, { sent: true });
      if (!lawful) await say(trx, t, t.treated.patient, 'withdrawn');
      return all;
    },
    actor: (t) => t.reviewers[0],
    attack: (t, { caseId }) => step(caseId, 'approved', t.reviewers[0]),
  }),
  attack('L6', 'a case taken down by another', breaks('portfolio_step_own'), {
    before: (trx, t) => made(trx, t, { sent: true }),
    actor: (t, lawful) => (lawful ? t.treated.who : t.prescriber),
    attack: (t, { caseId }) => step(caseId, 'taken_down', t.treated.who),
  }),
  attack('L6', 'a case sent back without a reason', breaks('portfolio_step_reasoned'), {
    before: (trx, t) => made(trx, t, { sent: true }),
    actor: (t) => t.reviewers[0],
    attack: (t, { caseId }) => step(caseId, 'refused', t.reviewers[0]),
    twin: (t, { caseId }) => step(caseId, 'refused', t.reviewers[0], { reason: 'The light differs.' }),
  }),
  attack('P3', 'a decision about pictures rewritten', forbidden('portfolio_step'), {
    attack: () => sql`UPDATE portfolio_step SET kind = 'approved'`,
    twin: () => sql`SELECT count(*) FROM portfolio_step`,
  }),

  attack('L6', 'a picture exchanged under the reviewers', breaks('portfolio_part_frozen'), {
    before: async (trx, t, lawful) => {
      const all = await made(trx, t);
      if (!lawful) await send(trx, t, all.caseId);
      return all;
    },
    actor: (t) => t.treated.who,
    attack: (_, { pictureId }) => update('portfolio_picture', pictureId, { crop_left: 0 }),
  }),
  attack('L6', 'a size of a picture added under the reviewers', breaks('portfolio_part_frozen'), {
    before: (trx, t, lawful) => made(trx, t, { sent: !lawful }),
    actor: (t) => t.treated.who,
    attack: (_, { pictureId }) => rendition(pictureId),
  }),
  attack('L6', 'a file begun for a colleague’s case', breaks('portfolio_part_frozen'), {
    before: (trx, t) => made(trx, t),
    actor: (t, lawful) => (lawful ? t.treated.who : t.prescriber),
    attack: (_, { caseId }) => upload(caseId),
  }),
  attack('L6', 'a piece added to a colleague’s file', breaks('portfolio_part_frozen'), {
    before: sending,
    actor: (t, lawful) => (lawful ? t.treated.who : t.prescriber),
    attack: (_, { uploadId }) =>
      insert('portfolio_upload_piece', { upload_id: uploadId, starts_at: 4, bytes: JPEG.subarray(0, 4) }),
  }),
  attack('L6', 'a page that calls itself a picture', breaks('portfolio_rendition_sniffed'), {
    before: (trx, t) => made(trx, t),
    actor: (t) => t.treated.who,
    attack: (_, { pictureId }) =>
      rendition(pictureId, { bytes: Buffer.from('<html>hello, everybody</html>') }),
    twin: (_, { pictureId }) => rendition(pictureId),
  }),
  attack('L6', 'a size of a picture that does not exist', breaks('portfolio_part_frozen'), {
    before: (trx, t) => made(trx, t),
    actor: (t) => t.treated.who,
    attack: () => rendition('00000000-0000-4000-8000-000000000000'),
    twin: (_, { pictureId }) => rendition(pictureId),
  }),

  attack('L6', 'a picture seen after its patient took it back', NOTHING, {
    before: async (trx, t, lawful) => {
      await made(trx, t);
      if (!lawful) await say(trx, t, t.treated.patient, 'withdrawn');
    },
    actor: (t) => t.treated.who,
    attack: () => sql`SELECT 1 FROM portfolio_picture`,
  }),
  attack('L6', 'a picture seen by everybody that was agreed to for consultations alone', NOTHING, {
    before: async (trx, t, lawful) => {
      await sql`UPDATE policy_row SET value = '"public"' WHERE key = 'before_after_public'`.execute(trx);
      const { caseId } = await made(trx, t, { sent: true, purpose: lawful ? 'public' : 'consultation' });
      await acting(trx, t.reviewers[0], (as) => step(caseId, 'approved', t.reviewers[0]).execute(as));
    },
    actor: (t) => t.stranger,
    attack: () => sql`SELECT 1 FROM portfolio_picture`,
  }),
  attack('L5', 'a picture seen by everybody where the law keeps it in the consultation', NOTHING, {
    before: async (trx, t, lawful) => {
      if (lawful)
        await sql`UPDATE policy_row SET value = '"public"' WHERE key = 'before_after_public'`.execute(trx);
      const { caseId } = await made(trx, t, { sent: true, purpose: 'public' });
      await acting(trx, t.reviewers[0], (as) => step(caseId, 'approved', t.reviewers[0]).execute(as));
    },
    actor: (t) => t.stranger,
    attack: () => sql`SELECT 1 FROM portfolio_picture`,
  }),

  ...(
    [
      'photo_consent',
      'portfolio_case',
      'portfolio_picture',
      'portfolio_rendition',
      'portfolio_upload',
      'portfolio_upload_piece',
    ] as const
  ).map((table) =>
    attack('P1', `a stranger who reads ${table}`, NOTHING, {
      before: sending,
      actor: (t, lawful) => (lawful ? t.treated.who : t.stranger),
      attack: () => sql`SELECT 1 FROM ${sql.table(table)}`,
    }),
  ),
  attack('P1', 'a stranger who reads portfolio_step', NOTHING, {
    before: (trx, t) => made(trx, t, { sent: true }),
    actor: (t, lawful) => (lawful ? t.treated.who : t.stranger),
    attack: () => sql`SELECT 1 FROM portfolio_step`,
  }),
];
