import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { confirmConsent } from '#lib/server/domain/care/confirm-consent.ts';
import { planVial } from '#lib/server/domain/care/plan-vial.ts';
import { readDesk, readMyPatients } from '#lib/server/domain/care/reads.ts';
import { receiveVial } from '#lib/server/domain/care/receive-vial.ts';
import { signTreatment } from '#lib/server/domain/care/record-treatment.ts';
import { startTreatment } from '#lib/server/domain/care/start-treatment.ts';
import { startVisit } from '#lib/server/domain/care/start-visit.ts';
import {
  readConsultation,
  readPrescriptionPage,
  readReviewVisit,
  readTreatmentPage,
  readVisit,
} from '#lib/server/domain/care/visit-reads.ts';
import { withdrawConsent } from '#lib/server/domain/care/withdraw-consent.ts';
import { writeConsultation } from '#lib/server/domain/care/write-consultation.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { later, passTime, setClock } from '../../builders/act.ts';
import {
  answerHealth,
  bookTreatment,
  confirmHealth,
  consulted,
  giveConsent,
  prescribe,
  treat,
  vial,
  type Consent,
  type Treatment,
} from '../../builders/care.ts';
import { patient, type Practitioner } from '../../builders/people.ts';
import { book } from '../../builders/visits.ts';
import { as, auditOf, draft, expectRefusal, given, openWorld, REACHABLE, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});

/** A treatment in a few minutes that lacks its vial and the consent of the day. */
async function treatmentSoon(injector: Practitioner): Promise<Treatment> {
  const { owner, town } = world;
  await passTime(owner, { hours: 2 });
  const consultation = await consulted(owner, {
    patient: await patient(owner),
    prescriber: town.prescriber,
    where: town.leeds,
  });
  const consent = await giveConsent(owner, await prescribe(owner, consultation, { injector }));
  await passTime(owner, { hours: 50 });
  const treatment = await bookTreatment(owner, consent, await later(owner, { minutes: 10 }));
  await confirmHealth(owner, treatment);
  return treatment;
}

async function consultationNow(who = world.town.prescriber) {
  await passTime(world.owner, { hours: 2 });
  return book(world.owner, {
    kind: 'consultation',
    patient: await patient(world.owner),
    who,
    where: world.town.leeds,
  });
}

/** How many statements `read` sends. */
async function countStatements(read: (db: Db) => Promise<unknown>): Promise<number> {
  let statements = 0;
  const counting = world.db.withPlugin({
    transformQuery: ({ node }) => {
      statements += 1;
      return node;
    },
    transformResult: ({ result }) => Promise.resolve(result),
  });
  await read(counting);
  return statements;
}

describe('today', () => {
  it('says of each visit what it still lacks, and writes down whose record was read', async () => {
    const treatment = await treatmentSoon(world.town.prescriber);
    const { visits } = await readDesk(world.db, as(treatment.who));
    const shown = visits.find(({ id }) => id === treatment.id);
    expect(shown?.missing.map(({ title }) => title)).toEqual(['Vial', 'Consent confirmed today']);
    expect(await auditOf(world, treatment)).toEqual(['desk.read']);
  });

  it('names the next visit where nobody comes, and offers to begin what is near', async () => {
    const { owner, db, town } = world;
    await passTime(owner, { hours: 48 });
    const me = as(town.prescriber);
    expect(await readDesk(db, me)).toMatchObject({ visits: [], next: null });
    const day = (await later(owner, { hours: 72 })).toString().slice(0, 10);
    const at = Temporal.Instant.from(`${day}T12:00:00Z`);
    const { id } = await book(owner, {
      kind: 'consultation',
      patient: await patient(owner),
      who: town.prescriber,
      where: town.leeds,
      at,
    });
    expect((await readDesk(db, me)).next).toMatchObject({
      id,
      when: expect.stringMatching(/, \d\d:\d\d$/) as string,
    });
    const begins = async () => {
      const { visits, next } = await readDesk(db, me);
      expect(next).toBeNull();
      return visits.map(({ mayBegin }) => mayBegin);
    };
    await setClock(owner, at.subtract({ minutes: 61 }).toString());
    expect(await begins()).toEqual([false]);
    await setClock(owner, at.subtract({ minutes: 59 }).toString());
    expect(await begins()).toEqual([true]);
    await startVisit(db, me, { appointmentId: id });
    expect(await begins()).toEqual([false]);
  });

  it('shows everything given under the prescriber’s name, by whom, and in what it differs', async () => {
    const treatment = await treatmentSoon(world.town.injector);
    const [injector, at] = [as(world.town.injector), { appointmentId: treatment.id }];
    await receiveVial(world.db, injector, {
      ...at,
      custody: 'dispensed',
      batch: 'C7431A',
      expiresOn: '2099-01-01',
      units: 50,
    });
    await confirmConsent(world.db, injector, at);
    await startTreatment(world.db, injector, { ...at, ...REACHABLE });
    const [vial] = (await readTreatmentPage(world.db, injector, treatment.id)).vials;
    expect(vial).toMatchObject({ batch: 'C7431A', isPlanned: true });
    await signTreatment(world.db, injector, {
      ...at,
      draft: given({ vialId: vial!.id, endedAs: 'stopped' }),
      reasons: { stopped_half_way: 'The patient felt faint.' },
    });
    const board = (await readDesk(world.db, as(world.town.prescriber))).given;
    expect(board.find(({ appointmentId }) => appointmentId === treatment.id)).toMatchObject({
      by: expect.not.stringMatching(/^you$/) as string,
      dose: '20 Allergan units',
      deviations: ['Stopped before the end'],
    });
  });

  it('a vial at another place is like one that does not exist, before the treatment and when it has begun', async () => {
    const treatment = await treatmentSoon(world.town.prescriber);
    const [who, at] = [as(treatment.who), { appointmentId: treatment.id }];
    await receiveVial(world.db, who, {
      ...at,
      custody: 'dispensed',
      batch: 'C7431A',
      expiresOn: '2099-01-01',
      units: 50,
    });
    const elsewhere = await vial(world.owner, { where: world.town.elPaso, heldBy: world.town.prescriber });
    const bothAre = async (code: 'vial_not_here' | 'not_now') => {
      for (const vialId of [elsewhere, randomUUID()])
        await expectRefusal(planVial(world.db, who, { ...at, vialId }), code);
    };
    await bothAre('vial_not_here');
    await confirmConsent(world.db, who, at);
    await startTreatment(world.db, who, at);
    await bothAre('not_now');
  });

  it('asks the prescriber to decide about a changed answer, and shows what changed', async () => {
    const treatment = await treatmentSoon(world.town.injector);
    await passTime(world.owner, { minutes: 1 });
    await answerHealth(world.owner, treatment.patient, { answers: { medicines: 'Gentamicin' } });
    const { toDecide } = await readDesk(world.db, as(world.town.prescriber));
    expect(toDecide.map(({ changes }) => changes)).toContainEqual([
      expect.objectContaining({ code: 'medicines', answer: 'Gentamicin' }),
    ]);
    expect((await readDesk(world.db, as(world.town.injector))).toDecide).toEqual([]);
  });

  it('takes as many statements for three visits as for one', async () => {
    const { owner, town } = world;
    const prescriber = as(town.prescriber);
    const consents: Consent[] = [];
    for (let patients = 0; patients < 3; patients++) {
      await passTime(owner, { hours: 2 });
      const about = { patient: await patient(owner), prescriber: town.prescriber, where: town.leeds };
      consents.push(
        await giveConsent(
          owner,
          await prescribe(owner, await consulted(owner, about), { injector: town.prescriber }),
        ),
      );
    }
    const now = (await appNow(owner)).toZonedDateTimeISO(town.leeds.timeZone);
    const morning = now.add({ days: 3 }).with({ hour: 9, minute: 0 });
    await passTime(owner, { minutes: Math.round(now.until(morning).total('minutes')) });
    await bookTreatment(owner, consents[0]!, await later(owner, { minutes: 10 }));
    const reads = [readDesk, readMyPatients];
    const counts = () => Promise.all(reads.map((read) => countStatements((db) => read(db, prescriber))));
    const ofOne = await counts();
    await bookTreatment(owner, consents[1]!, await later(owner, { hours: 1 }));
    await bookTreatment(owner, consents[2]!, await later(owner, { hours: 2 }));
    expect((await readDesk(world.db, prescriber)).visits).toHaveLength(3);
    expect(await counts()).toEqual(ofOne);
    expect(ofOne).toEqual([9, 4]);
    await passTime(owner, { hours: 3 });
  });

  it('exists for practitioners only', async () => {
    const visit = await consultationNow();
    await expectRefusal(readDesk(world.db, as(visit.patient)), 'not_found');
    await expectRefusal(readDesk(world.db, { kind: 'visitor', partyId: null }), 'not_found');
  });
});

describe('a visit', () => {
  it('does not exist for another practitioner, nor for its patient, and leaves no trace of the attempt', async () => {
    const visit = await consultationNow();
    for (const stranger of [as(world.town.otherPrescriber), as(world.town.injector), as(visit.patient)])
      for (const read of [readVisit, readConsultation, readPrescriptionPage])
        await expectRefusal(read(world.db, stranger, visit.id), 'not_found');
    const treatment = await treatmentSoon(world.town.prescriber);
    await expectRefusal(readTreatmentPage(world.db, as(world.town.injector), treatment.id), 'not_found');
    expect(await auditOf(world, visit)).toEqual([]);
    expect(await auditOf(world, treatment)).toEqual([]);
  });

  it('writes down each reading', async () => {
    const visit = await consultationNow();
    const me = as(visit.who);
    await readVisit(world.db, me, visit.id);
    await readConsultation(world.db, me, visit.id);
    await readPrescriptionPage(world.db, me, visit.id);
    expect(await auditOf(world, visit)).toEqual(['visit.read', 'consultation.read', 'prescription.read']);
  });

  it('offers an earlier treatment only while an interval stands in the way, longest of all', async () => {
    const { owner, db, town } = world;
    const where = { prescriber: town.prescriber, where: town.leeds };
    await passTime(owner, { hours: 2 });
    const me = await patient(owner);
    const first = await consulted(owner, { patient: me, ...where });
    const consent = await giveConsent(owner, await prescribe(owner, first));
    const shown = async (visitId: string) => {
      const { prescriptions } = await readPrescriptionPage(db, as(town.prescriber), visitId);
      return prescriptions.map(({ intervalEnds }) => intervalEnds);
    };
    // Only the time to think is waited for.
    expect(await shown(first.visit.id)).toEqual([null]);
    await passTime(owner, { hours: 50 });
    await treat(owner, await bookTreatment(owner, consent, await later(owner)));
    await passTime(owner, { hours: 24 });
    const second = await consulted(owner, { patient: me, ...where });
    await prescribe(owner, second);
    expect(await shown(second.visit.id)).toEqual([expect.stringMatching(/^\d+ \w+ 20\d\d$/)]);
    // What was used up waits for nothing.
    expect(await shown(first.visit.id)).toEqual([null]);
    await passTime(owner, { hours: 82 * 24 });
    expect(await shown(second.visit.id)).toEqual([expect.any(String)]);
    await passTime(owner, { hours: 30 * 24 });
    expect(await shown(second.visit.id)).toEqual([null]);
  });

  it('is no other kind of visit', async () => {
    const visit = await consultationNow();
    await expectRefusal(readTreatmentPage(world.db, as(visit.who), visit.id), 'not_found');
    await expectRefusal(readReviewVisit(world.db, as(visit.who), visit.id), 'not_found');
  });

  it('gives the draft back as it was written', async () => {
    const visit = await consultationNow();
    const me = as(visit.who);
    await startVisit(world.db, me, { appointmentId: visit.id });
    const healthAnswersId = await answerHealth(world.owner, visit.patient);
    const written = draft({ healthAnswersId });
    await writeConsultation(world.db, me, { appointmentId: visit.id, draft: written });
    const kept = (await readConsultation(world.db, me, visit.id)).draft;
    const sorted = ({ risksTold, risksAcknowledged, ...rest }: typeof kept) => ({
      ...rest,
      risksTold: risksTold.toSorted(),
      risksAcknowledged: risksAcknowledged.toSorted(),
    });
    expect(sorted(kept)).toEqual(sorted(written));
  });
});

describe('who injects and did not prescribe', () => {
  it('reads that the prescriber must look, and not why', async () => {
    const treatment = await treatmentSoon(world.town.injector);
    await passTime(world.owner, { minutes: 1 });
    await answerHealth(world.owner, treatment.patient, { answers: { pregnant: 'yes' } });
    const ofInjector = await readVisit(world.db, as(world.town.injector), treatment.id);
    const review = ofInjector.steps.find(({ code }) => code === 'answers');
    expect(review).toMatchObject({
      state: 'not_yet',
      why: 'Prescriber review needed.',
      opens: 'The prescriber’s written decision.',
    });
    expect(ofInjector).toMatchObject({ isPrescriber: false, concerns: [], note: '', toDecide: [] });
    expect(JSON.stringify(ofInjector)).not.toContain('pregnan');

    const ofPrescriber = await readVisit(world.db, as(world.town.prescriber), treatment.id);
    expect(ofPrescriber).toMatchObject({ isPrescriber: true, isMine: false });
    expect(ofPrescriber.toDecide).toHaveLength(1);
  });

  it('reads of a consent that was taken back only that the patient has cancelled', async () => {
    const treatment = await treatmentSoon(world.town.injector);
    await withdrawConsent(world.db, as(treatment.patient), { prescriptionId: treatment.prescription.id });
    const read = await readVisit(world.db, as(world.town.injector), treatment.id);
    expect(read).toMatchObject({ stateText: 'Cancelled', steps: [], prescriptions: [] });
    expect(JSON.stringify(read)).not.toContain('withdrawn');
  });
});
