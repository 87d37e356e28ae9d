import { appNow } from '#lib/server/platform/clock.ts';
import type { Db, Trx } from '#lib/server/platform/db.ts';
import { recordPatientAudits } from '../../audit/record-audit.ts';
import type { Jurisdiction } from '../../policy/codes.ts';
import { policyOf } from '../../policy/reads.ts';
import type { Actor } from '../../shared/actor.ts';
import { formatCalendarDate, formatDate, formatDateTime } from '../../shared/dates.ts';
import { Refusal } from '../../shared/refusal.ts';
import { transact } from '../../shared/transact.ts';
import { requirePractitioner } from '../access.ts';
import { EFFECT_OUTCOMES, EFFECT_STEPS, EFFECTS, schemeOf, SEVERITIES, SIDES } from './adverse-event.ts';
import { findEffects, findEffectSteps, findGivenTreatment, type FoundEffect } from './queries.ts';

type FoundStep = Awaited<ReturnType<typeof findEffectSteps>>[number];

/** An unwanted effect as pages show it, with all that was done about it. */
function shownEffect(effect: FoundEffect, steps: readonly FoundStep[]) {
  const { timeZone } = effect;
  const its = steps.filter(({ eventId }) => eventId === effect.id);
  const has = (kind: FoundStep['kind']) => its.some((step) => step.kind === kind);
  return {
    id: effect.id,
    appointmentId: effect.appointmentId,
    title: EFFECTS[effect.code],
    patientName: effect.patientName,
    side: effect.side === 'not_said' ? '' : SIDES[effect.side],
    region: effect.region,
    severity: SEVERITIES[effect.severity],
    began: `${formatCalendarDate(effect.onsetOn)}, ${effect.onsetDay === 0 ? 'the day of the treatment' : `day ${effect.onsetDay}`}`,
    inHospital: effect.inHospital,
    serious: effect.serious,
    words: effect.words,
    told: `${effect.toldAs === 'patient' ? 'By the patient' : `By ${effect.toldBy}`}, ${formatDateTime(effect.toldAt, timeZone)}`,
    given: [effect.productName, effect.batch && `batch ${effect.batch}`].filter(Boolean).join(', '),
    treated: `${formatDate(effect.startedAt, timeZone)}, by ${effect.injectorName}`,
    isClosed: has('closed'),
    /** What closing still takes. */
    missing: [
      ...(has('managed') ? [] : ['who looks after it']),
      ...(has('talked') ? [] : ['an open talk with the patient']),
      ...(effect.serious && !has('reported') ? ['the report to the authority'] : []),
    ],
    steps: its.map((step) => ({
      title: EFFECT_STEPS[step.kind],
      detail: [
        step.who,
        step.reference && `reference ${step.reference}`,
        step.outcome && EFFECT_OUTCOMES[step.outcome],
      ]
        .filter(Boolean)
        .join(', '),
      words: step.words,
      by: `${step.takenBy}, ${formatDateTime(step.takenAt, timeZone)}`,
    })),
  };
}

/** Where it is reported, and whom to call there. */
async function helpOf(trx: Trx, jurisdiction: string) {
  const policy = await policyOf(
    trx,
    jurisdiction as Jurisdiction,
    (await appNow(trx)).toZonedDateTimeISO('UTC').toPlainDate(),
  );
  return {
    scheme: schemeOf(jurisdiction),
    schemeUrl: policy.adverse_event_url,
    numbers: { emergency: policy.emergency_number, advice: policy.urgent_advice_number },
  };
}

/** The patient's own page of a treatment: what was written down, by whom, and the form. */
export async function readMyEffects(db: Db, actor: Actor, appointmentId: string) {
  return transact(db, actor, async (trx) => {
    const treated = await findGivenTreatment(trx, appointmentId);
    if (treated?.isOwn !== true) throw new Refusal('not_found');
    const effects = await findEffects(trx, { appointmentId });
    const steps = await findEffectSteps(
      trx,
      effects.map(({ id }) => id),
    );
    return {
      ...shownTreatment(treated),
      ...(await helpOf(trx, treated.jurisdiction)),
      effects: effects.map((effect) => shownEffect(effect, steps)),
    };
  });
}

/** The desk's form about one treatment. */
export async function readEffectForm(db: Db, actor: Actor, appointmentId: string) {
  return transact(db, actor, async (trx) => {
    const treated = await findGivenTreatment(trx, appointmentId);
    if (treated?.isTreating !== true) throw new Refusal('not_found');
    await recordPatientAudits(trx, [treated.patientId], {
      action: 'adverse_event.read',
      subjectType: 'appointment',
      subjectId: treated.id,
    });
    return { ...shownTreatment(treated), ...(await helpOf(trx, treated.jurisdiction)) };
  });
}

function shownTreatment(treated: NonNullable<Awaited<ReturnType<typeof findGivenTreatment>>>) {
  return {
    appointmentId: treated.id,
    patientName: treated.patientName,
    clinicName: treated.clinicName,
    date: formatDate(treated.startedAt, treated.timeZone),
    injectorName: treated.injectorName,
    given: [treated.productName, treated.batch && `batch ${treated.batch}`].filter(Boolean).join(', '),
    today: treated.today,
  };
}

/** All unwanted effects after treatments that this practitioner gave or prescribed; what is open comes first. */
export async function readDeskEffects(db: Db, actor: Actor) {
  return transact(db, actor, async (trx) => {
    const { id } = await requirePractitioner(trx, actor);
    const effects = await findEffects(trx, { practitionerId: id });
    const steps = await findEffectSteps(
      trx,
      effects.map((effect) => effect.id),
    );
    await recordPatientAudits(
      trx,
      effects.map(({ patientId }) => patientId),
      { action: 'adverse_event.read', subjectType: 'practitioner', subjectId: id },
    );
    const shown = effects.map((effect) => shownEffect(effect, steps));
    return {
      open: shown.filter(({ isClosed }) => !isClosed),
      closed: shown.filter(({ isClosed }) => isClosed),
    };
  });
}

/** One of them, with where to report it. */
export async function readDeskEffect(db: Db, actor: Actor, eventId: string) {
  return transact(db, actor, async (trx) => {
    await requirePractitioner(trx, actor);
    const [effect] = await findEffects(trx, { eventId });
    if (effect === undefined) throw new Refusal('not_found');
    await recordPatientAudits(trx, [effect.patientId], {
      action: 'adverse_event.read',
      subjectType: 'adverse_event',
      subjectId: eventId,
    });
    return {
      effect: shownEffect(effect, await findEffectSteps(trx, [eventId])),
      ...(await helpOf(trx, effect.jurisdiction)),
    };
  });
}
