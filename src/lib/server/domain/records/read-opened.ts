import { sql } from 'kysely';
import { dose } from '#lib/format/dose.ts';
import { regionNames } from '#lib/format/regions.ts';
import type { Db, Trx } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import type { Jurisdiction } from '../policy/codes.ts';
import { policyOf } from '../policy/reads.ts';
import type { Actor } from '../shared/actor.ts';
import { formatCalendarDate, formatDateTime } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { findRecord, findRecordPatient } from './queries.ts';
import { shownRecord, type ShownRecord } from './reads.ts';
import { hashOfSecret } from './secrets.ts';
import { zoneOf } from './sharing.ts';

type Access = {
  accessId: string;
  patientId: string;
  parts: string[] | null;
  expiresAt: Temporal.Instant;
  readerName: string;
};

export type Opened =
  | { readonly kind: 'record'; readonly reader: string; readonly until: string; readonly record: ShownRecord }
  | {
      readonly kind: 'card';
      readonly reader: string;
      readonly until: string;
      readonly emergency: string;
      readonly lines: readonly { readonly term: string; readonly detail: string }[];
    };

/**
 * What somebody without an account reads, by the secret of their reading: the parts that the patient chose, or the lines
 * of a card. Row security shows no more than that. Each look is written down.
 */
export async function readOpened(db: Db, actor: Actor, secret: string): Promise<Opened> {
  const hash = hashOfSecret(secret);
  if (hash === null) throw new Refusal('link_ended');
  return transact(db, actor, async (trx) => {
    const { rows } = await sql<Access>`
      SELECT access_id AS "accessId", patient_id AS "patientId", parts, expires_at AS "expiresAt", reader_name AS "readerName"
        FROM access_of(${hash})`.execute(trx);
    const [access] = rows;
    if (access === undefined) throw new Refusal('link_ended');
    await recordAudit(trx, {
      stream: { kind: 'patient', id: access.patientId },
      action: access.parts === null ? 'record.card_read' : 'record.shared_read',
      subjectType: 'record_access',
      subjectId: access.accessId,
      detail: { accessId: access.accessId },
    });
    return access.parts === null ? cardOf(trx, hash, access) : sharedOf(trx, hash, access, access.parts);
  });
}

async function sharedOf(trx: Trx, hash: string, access: Access, parts: string[]): Promise<Opened> {
  await sql`SELECT set_config('app.access_hash', ${hash}, true)`.execute(trx);
  const patient = await findRecordPatient(trx, access.patientId);
  const record = await findRecord(trx, patient!, { patientId: access.patientId, practitionerId: null });
  const zone = await zoneOf(trx, access.patientId);
  // Visits are no part of their own: they only name who wrote what is shown.
  const shown = { ...record, visits: parts.includes('treatments') ? record.visits : [] };
  return {
    kind: 'record',
    reader: access.readerName,
    until: formatDateTime(access.expiresAt, zone),
    record: shownRecord(shown, { isPatient: false }),
  };
}

async function cardOf(trx: Trx, hash: string, access: Access): Promise<Opened> {
  const { rows } = await sql<{
    initials: string;
    born_in: number;
    product_name: string;
    unit_system: string | null;
    batch: string;
    batch_expires_on: string;
    units: number;
    regions: string[];
    treated_at: Temporal.Instant;
    time_zone: string;
    jurisdiction: string;
    injector: string;
    prescriber: string;
    clinic_name: string;
    clinic_phone: string;
    out_of_hours_name: string | null;
    out_of_hours_phone: string | null;
  }>`SELECT * FROM card_lines(${hash})`.execute(trx);
  const card = rows[0]!;
  const day = card.treated_at.toZonedDateTimeISO(card.time_zone).toPlainDate();
  const policy = await policyOf(trx, card.jurisdiction as Jurisdiction, day);
  return {
    kind: 'card',
    reader: access.readerName,
    until: formatDateTime(access.expiresAt, card.time_zone),
    emergency: policy.emergency_number,
    lines: [
      { term: 'Patient', detail: `${card.initials}, born in ${card.born_in}` },
      { term: 'Treated', detail: formatDateTime(card.treated_at, card.time_zone) },
      { term: 'Medicine', detail: `${card.product_name} (botulinum toxin type A)` },
      { term: 'In all', detail: dose(card.units, card.unit_system) },
      { term: 'Where', detail: regionNames(card.regions) },
      { term: 'Batch', detail: `${card.batch}, use by ${formatCalendarDate(card.batch_expires_on)}` },
      { term: 'Given by', detail: card.injector },
      { term: 'Prescribed by', detail: card.prescriber },
      { term: 'Clinic', detail: `${card.clinic_name}, ${card.clinic_phone}` },
      {
        term: 'Out of hours',
        detail: [card.out_of_hours_name, card.out_of_hours_phone].filter(Boolean).join(', '),
      },
    ],
  };
}
