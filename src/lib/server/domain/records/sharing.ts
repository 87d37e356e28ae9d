import { sql } from 'kysely';
import type { z } from 'zod';
import { paths } from '#lib/paths.ts';
import type { Db, Trx } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { requirePatient } from '../care/patient-access.ts';
import type { Actor } from '../shared/actor.ts';
import { formatDateTime } from '../shared/dates.ts';
import type { Letter } from '../shared/letter.ts';
import { queueMail } from '../shared/queue-mail.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { hashOfSecret, newSecret } from './secrets.ts';
import {
  SHARE_PARTS,
  type endShareForm,
  type openCardForm,
  type openSharedForm,
  type shareForm,
} from './sharing-input.ts';

/** Gives a link to chosen parts of the patient's own record. The secret in it is told once, and kept by nobody here. */
export async function shareRecord(db: Db, actor: Actor, input: z.output<typeof shareForm>): Promise<string> {
  return transact(db, actor, async (trx) => {
    const { id: patientId } = await requirePatient(trx, actor);
    const secret = newSecret();
    const { id } = await trx
      .insertInto('record_share')
      .values({
        patient_id: patientId,
        secret_hash: hashOfSecret(secret)!,
        for_whom: input.forWhom,
        parts: input.parts,
        expires_at: sql<Temporal.Instant>`app_now() + ${Number(input.days)} * interval '1 day'`,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await recordAudit(trx, {
      stream: { kind: 'patient', id: patientId },
      action: 'record.shared',
      subjectType: 'record_share',
      subjectId: id,
      detail: { parts: input.parts.join(' ') },
    });
    return secret;
  });
}

/** Ends a link, and every reading that goes on by it. */
export async function endShare(
  db: Db,
  actor: Actor,
  { shareId }: z.output<typeof endShareForm>,
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const { id: patientId } = await requirePatient(trx, actor);
    const { rows } = await sql<{ id: string }>`
      UPDATE record_share SET ended_at = app_now() WHERE id = ${shareId} AND patient_id = ${patientId} RETURNING id`.execute(
      trx,
    );
    if (rows[0] === undefined) throw new Refusal('not_found');
    await recordAudit(trx, {
      stream: { kind: 'patient', id: patientId },
      action: 'record.share_ended',
      subjectType: 'record_share',
      subjectId: shareId,
    });
  });
}

/** The patient's links, the latest first, and every time that one of them or a card was opened. */
export async function readMySharing(db: Db, actor: Actor) {
  return transact(db, actor, async (trx) => {
    const { id: patientId } = await requirePatient(trx, actor);
    const { rows: shares } = await sql<{
      id: string;
      forWhom: string;
      parts: string[];
      madeAt: Temporal.Instant;
      expiresAt: Temporal.Instant;
      endedAt: Temporal.Instant | null;
      isOpen: boolean;
    }>`
      SELECT id, for_whom AS "forWhom", parts, made_at AS "madeAt", expires_at AS "expiresAt", ended_at AS "endedAt",
             ended_at IS NULL AND expires_at > app_now() AS "isOpen"
        FROM record_share WHERE patient_id = ${patientId} ORDER BY made_at DESC LIMIT 50`.execute(trx);
    const { rows: readings } = await sql<{
      shareId: string | null;
      readerName: string;
      readerPlace: string;
      openedAt: Temporal.Instant;
    }>`
      SELECT share_id AS "shareId", reader_name AS "readerName", reader_place AS "readerPlace", opened_at AS "openedAt"
        FROM record_access WHERE patient_id = ${patientId} ORDER BY opened_at DESC LIMIT 200`.execute(trx);
    const zone = await zoneOf(trx, patientId);
    const shownReading = ({ readerName, readerPlace, openedAt }: (typeof readings)[number]) =>
      `${formatDateTime(openedAt, zone)}: ${readerName}, ${readerPlace}`;
    return {
      shares: shares.map((share) => ({
        id: share.id,
        forWhom: share.forWhom,
        parts: SHARE_PARTS.filter(({ value }) => share.parts.includes(value)).map(({ label }) => label),
        made: formatDateTime(share.madeAt, zone),
        isOpen: share.isOpen,
        ends: formatDateTime(share.endedAt ?? share.expiresAt, zone),
        readings: readings.filter(({ shareId }) => shareId === share.id).map(shownReading),
      })),
      byCard: readings.filter(({ shareId }) => shareId === null).map(shownReading),
    };
  });
}

/** Whether a link stands. It tells nothing else before somebody says who they are. */
export async function requireShare(db: Db, secret: string): Promise<void> {
  const hash = hashOfSecret(secret);
  if (hash === null) throw new Refusal('link_ended');
  const { rows } = await sql<{ stands: boolean }>`SELECT share_stands(${hash}) AS stands`.execute(db);
  if (!rows[0]!.stands) throw new Refusal('link_ended');
}

/** Somebody opens a link and says who they are. Answers the secret of their reading. */
export async function openShared(
  db: Db,
  publicUrl: URL,
  actor: Actor,
  input: z.output<typeof openSharedForm> & { secret: string },
): Promise<string> {
  const hash = hashOfSecret(input.secret);
  if (hash === null) throw new Refusal('link_ended');
  return letIn(
    db,
    publicUrl,
    actor,
    'link_ended',
    (secretHash) => sql`
    SELECT access_id, patient_id FROM open_shared_record(${hash}, ${secretHash}, ${input.readerName}, ${input.readerPlace})`,
  );
}

/** A clinician opens a card by its code and says who they are. Answers the secret of their reading; the patient is told. */
export async function openCard(
  db: Db,
  publicUrl: URL,
  actor: Actor,
  input: z.output<typeof openCardForm>,
): Promise<string> {
  return letIn(
    db,
    publicUrl,
    actor,
    'card_unknown',
    (secretHash) => sql`
    SELECT access_id, patient_id FROM open_by_card(${input.code}, ${secretHash}, ${input.readerName}, ${input.readerPlace})`,
  );
}

async function letIn(
  db: Db,
  publicUrl: URL,
  actor: Actor,
  otherwise: 'link_ended' | 'card_unknown',
  open: (secretHash: string) => ReturnType<typeof sql>,
): Promise<string> {
  const secret = newSecret();
  return transact(db, actor, async (trx) => {
    const { rows } = await open(hashOfSecret(secret)!).execute(trx);
    const [opened] = rows as { access_id: string; patient_id: string }[];
    if (opened === undefined) throw new Refusal(otherwise);
    const letter = recordOpenedLetter(
      otherwise === 'card_unknown',
      new URL(paths.myRecord(), publicUrl).href,
    );
    await tellPatient(trx, opened.patient_id, opened.access_id, letter);
    return secret;
  });
}

/** A letter that says that somebody has looked, and nothing of what they saw. */
async function tellPatient(trx: Trx, patientId: string, accessId: string, letter: Letter): Promise<void> {
  const patient = await trx
    .selectFrom('patient as p')
    .leftJoin('account as a', 'a.id', 'p.account_id')
    .where('p.id', '=', patientId)
    .select(['p.given_name as givenName', sql<string | null>`coalesce(a.email, p.email)`.as('email')])
    .executeTakeFirstOrThrow();
  if (patient.email === null) return;
  await queueMail(trx, {
    kind: 'record_opened',
    patientId,
    key: `record_access:${accessId}`,
    toName: patient.givenName,
    toAddress: patient.email,
    letter,
  });
}

/** What says that somebody has opened a record from outside. */
export function recordOpenedLetter(isCard: boolean, link: string): Letter {
  return {
    subject: isCard ? 'Somebody has opened your card' : 'Somebody has opened your link',
    opening: [
      isCard
        ? 'a clinician has opened your card with its code. They can read what stands on it for 72 hours.'
        : 'somebody has opened the link that you gave. They can read the parts that you chose, for a day.',
      'Who it was stands beside your record, where you can also end it at once.',
    ],
    action: { text: 'See who it was, or end it', href: link },
  };
}

/** The zone in which the patient was seen last. */
export async function zoneOf(trx: Trx, patientId: string): Promise<string> {
  const { rows } = await sql<{ timeZone: string }>`
    SELECT time_zone AS "timeZone" FROM appointment WHERE patient_id = ${patientId} ORDER BY lower(during) DESC LIMIT 1`.execute(
    trx,
  );
  return rows[0]?.timeZone ?? 'Europe/London';
}
