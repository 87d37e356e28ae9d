import { beforeAll, describe, expect, it } from 'vitest';
import {
  readConsultation,
  readPrescriptionPage,
  readTreatmentPage,
  readVisit,
} from '#lib/server/domain/care/visit-reads.ts';
import { formatCalendarDate } from '#lib/server/domain/shared/dates.ts';
import { acting, later, passTime } from '../../builders/act.ts';
import * as care from '../../builders/care.ts';
import { patient } from '../../builders/people.ts';
import { begin, book } from '../../builders/visits.ts';
import { as, auditOf, openWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});

const FOUND = { code: 'bleeding', severity: 'caution', present: true, note: 'Aspirin, for the heart' };

/** Treated by the injector on the prescriber's paper, after a finding that asks for care. */
async function treatedOnce() {
  const { owner, town } = world;
  await passTime(owner, { hours: 2 });
  const about = { patient: await patient(owner), prescriber: town.prescriber, where: town.leeds };
  const consultation = await care.consulting(owner, about);
  await acting(owner, town.prescriber, (trx) =>
    trx
      .insertInto('consultation_finding')
      .values({ consultation_id: consultation.id, ...FOUND })
      .execute(),
  );
  await care.conclude(owner, consultation);
  const prescription = await care.prescribe(owner, consultation, { injector: town.injector });
  const consent = await care.giveConsent(owner, prescription);
  await passTime(owner, { hours: 50 });
  const treatment = await care.bookTreatment(owner, consent, await later(owner, { minutes: 30 }));
  return { ...about, consultation, treatment };
}

describe('what a prescriber has to know first', () => {
  it('is in the health answers before the visit begins, and that they were read is written down', async () => {
    const { db, owner, town } = world;
    await passTime(owner, { hours: 2 });
    const visit = await book(owner, {
      kind: 'consultation',
      patient: await patient(owner),
      who: town.prescriber,
      where: town.leeds,
    });
    expect((await readVisit(db, as(town.prescriber), visit.id)).first).toEqual({
      answered: null,
      raised: [],
      said: [],
      found: null,
      lastGiven: null,
      elsewhere: null,
      next: null,
    });
    expect(await auditOf(world, visit)).toEqual(['visit.read']);
    const elsewhere = (await later(owner))
      .subtract({ hours: 10 * 24 })
      .toString()
      .slice(0, 10);
    await care.answerHealth(owner, visit.patient, {
      answers: {
        version: '2',
        pregnant: 'yes',
        dry_eyes: 'yes',
        blood_thinners: 'yes',
        medicines: 'Aspirin',
      },
      lastTreatedElsewhereOn: elsewhere,
    });
    const { first, health } = await readVisit(db, as(town.prescriber), visit.id);
    expect(first!.raised.map(({ weight }) => weight)).toEqual(['Rules it out', 'Take care', 'Take care']);
    expect(first!.raised[0]!.text).toContain('The patient answered “Yes”.');
    // What weighs nothing by itself is told too, in the patient's words.
    expect(first!.said).toEqual([expect.stringMatching(/ Aspirin$/)]);
    expect(first!.elsewhere).toBe(formatCalendarDate(elsewhere));
    expect(first!.next).toMatch(/^Not before /);
    const older = { neuromuscular_condition: 'unsure', blood_thinners: 'no' };
    await care.answerHealth(owner, visit.patient, { answers: older });
    expect((await readVisit(db, as(town.prescriber), visit.id)).first).toMatchObject({
      raised: [],
      said: [expect.stringMatching(/nerves or muscles\? Not sure$/)],
    });
    expect(health!.lines.length).toBeGreaterThanOrEqual(4);
    expect(await auditOf(world, visit)).toEqual([
      'visit.read',
      'visit.read',
      'health_answers.read',
      'visit.read',
      'health_answers.read',
    ]);
  });

  it('is what was found and given last, in the units of its product, on every page of the care', async () => {
    const { db, owner } = world;
    const { patient: me, prescriber, where, consultation, treatment } = await treatedOnce();
    const before = (await readTreatmentPage(db, as(prescriber), treatment.id)).first!;
    expect(before.found!.lines).toEqual([
      'Take care: Bleeds easily, or takes a blood thinner. Aspirin, for the heart',
    ]);
    expect(before.lastGiven).toBeNull();
    await care.treat(owner, treatment);
    expect((await readTreatmentPage(db, as(prescriber), treatment.id)).first).toBeNull();
    await passTime(owner, { hours: 24 });
    const again = await begin(owner, { kind: 'consultation', patient: me, who: prescriber, where });
    for (const first of [
      (await readVisit(db, as(prescriber), again.id)).first,
      (await readConsultation(db, as(prescriber), again.id)).first,
      (await readPrescriptionPage(db, as(prescriber), consultation.visit.id)).first,
    ])
      expect(first!.lastGiven).toMatch(/^botox, \d+ Allergan units, frown lines; \d+ \w+ 20\d\d, by /);
  });

  it('is not for who only injects', async () => {
    const { db, town } = world;
    const { treatment } = await treatedOnce();
    const seen = await readVisit(db, as(town.injector), treatment.id);
    expect([seen.first, seen.health]).toEqual([null, null]);
    expect((await readTreatmentPage(db, as(town.injector), treatment.id)).first).toBeNull();
    expect(await auditOf(world, treatment)).not.toContain('health_answers.read');
  });
});
