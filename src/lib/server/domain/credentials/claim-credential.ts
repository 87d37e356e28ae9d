import { appNow } from '#lib/server/platform/clock.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import type { CredentialKind } from '../policy/codes.ts';
import type { Policy } from '../policy/evaluate.ts';
import { policyOf } from '../policy/reads.ts';
import { lockOwnApplication } from '../practitioners/access.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { localDate } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import type { Claim } from './claim.ts';
import { takeEvidence } from './evidence.ts';
import {
  copyEvidence,
  countClaimsOfLastDay,
  insertClaim,
  insertEvidenceFile,
  takeBackClaims,
} from './queries.ts';
import { askedOf } from './requirements.ts';
import { isRegister, registers } from './registers.ts';

/** What was learnt once does not end; the listing that rests on it is renewed by then. */
const QUALIFICATION_YEARS = 10;

/** Nothing that was claimed is ever thrown away, and each claim carries its files on: a day has room for so many. */
export const MOST_CLAIMS_A_DAY = 60;

/**
 * Keeps what an applicant says of one credential, with a file that shows it. An earlier claim of the kind is taken back
 * unless a decision rests on it, and its files go along. Refuses dates that prove nothing (`date_to_come`, `date_past`,
 * `credential_too_old`), a file that is none (`evidence_unreadable`) or one too many (`evidence_full`), and who claims all day
 * (`too_many_requests`).
 */
export async function claimCredential(
  db: Db,
  actor: Actor,
  { applicationId, kind }: { applicationId: string; kind: CredentialKind },
  { claim, file }: { claim: Claim; file: File | null },
): Promise<void> {
  const evidence = file === null ? null : await takeEvidence(file);
  await transact(db, actor, async (trx) => {
    const application = await lockOwnApplication(trx, actor, applicationId);
    const today = Temporal.PlainDate.from(localDate(await appNow(trx), 'UTC'));
    const policy = await policyOf(trx, application.jurisdiction, today);
    const asked = askedOf(policy, application.profession).find((one) => one.kind === kind);
    if (asked === undefined) throw new Refusal('not_found');

    if ((await countClaimsOfLastDay(trx, application)) >= MOST_CLAIMS_A_DAY)
      throw new Refusal('too_many_requests');

    const { register } = asked;
    const span = spanOf(kind, claim, policy, today);
    const [latest] = await takeBackClaims(trx, application, kind);
    const id = await insertClaim(trx, application, {
      ...claim,
      ...span,
      kind,
      register,
      title: claim.title || titleOf(kind, register),
      issuer: isRegister(register) ? registers[register].name : claim.issuer,
    });
    const by = accountOf(actor)!;
    if (latest !== undefined) await copyEvidence(trx, latest, id, by);
    if (evidence !== null && !(await insertEvidenceFile(trx, id, evidence, by)))
      throw new Refusal('evidence_full', { field: 'file' });
    await recordAudit(trx, {
      stream: { kind: 'practitioner', id: application.practitionerId },
      action: 'credential.claim',
      subjectType: 'credential',
      subjectId: id,
      detail: { kind },
    });
  });
}

function titleOf(kind: CredentialKind, register: string | null): string {
  if (kind === 'indemnity_insurance') return 'Professional indemnity insurance';
  return isRegister(register) ? `Registered with the ${registers[register].name}` : '';
}

/** From when until when a claim counts, by its own dates and by policy. */
function spanOf(
  kind: CredentialKind,
  { takenOn, startsOn, endsOn }: Claim,
  policy: Policy,
  today: Temporal.PlainDate,
): { startsOn: string; endsOn: string } {
  if (takenOn !== null && takenOn > today.toString()) throw new Refusal('date_to_come', { field: 'takenOn' });
  if (endsOn !== null && endsOn <= today.toString()) throw new Refusal('date_past', { field: 'endsOn' });
  const start = takenOn ?? startsOn ?? today.toString();
  const end =
    endsOn ??
    (kind === 'toxin_training'
      ? Temporal.PlainDate.from(start).add({ months: policy.training_valid_months })
      : kind === 'life_support'
        ? Temporal.PlainDate.from(start).add({ months: policy.life_support_valid_months })
        : today.add({ years: QUALIFICATION_YEARS })
    ).toString();
  if (end <= today.toString()) throw new Refusal('credential_too_old', { field: 'takenOn' });
  return { startsOn: start, endsOn: end };
}
