import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { acceptSupervision, declineSupervision } from '#lib/server/domain/oversight/answer-supervision.ts';
import { askForSupervision, inviteInjector } from '#lib/server/domain/oversight/ask-for-supervision.ts';
import { endSupervision } from '#lib/server/domain/oversight/end-supervision.ts';
import { readTogether } from '#lib/server/domain/oversight/supervision-reads.ts';
import { practitioner, type Practitioner } from '../../builders/people.ts';
import { practise } from '../../builders/places.ts';
import { vet } from '../../builders/vetting.ts';
import { as, checkedDoctor, eventsOf, expectRefusal, openWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});

const LINK = 'https://steadyhand.example/desk/supervision';
const where = { jurisdiction: 'england' };
const applies = (who: Practitioner) =>
  world.owner
    .insertInto('application')
    .values({ practitioner_id: who.id, ...where })
    .execute();
const until = async (days: number) => {
  const { rows } = await sql<{
    day: string;
  }>`SELECT (app_now() + ${days} * interval '1 day')::date AS day`.execute(world.owner);
  return rows[0]!.day;
};

/** A nurse who is checked and works for nobody yet. */
async function nurse(): Promise<Practitioner> {
  const who = await practitioner(world.owner, 'registered_nurse');
  await practise(world.owner, who, world.town.leeds);
  await vet(world.owner, who, world.town.reviewers);
  await applies(who);
  return who;
}
async function doctor(): Promise<Practitioner> {
  const who = await checkedDoctor(world);
  await applies(who);
  return who;
}
const together = (who: Practitioner) => readTogether(world.db, as(who), { name: '', jurisdiction: null });
const ask = (from: Practitioner, to: Practitioner) =>
  askForSupervision(world.db, as(from), LINK, { prescriberId: to.id, ...where });
const accept = async (who: Practitioner, supervisionId: string, days = 300) =>
  acceptSupervision(world.db, as(who), { supervisionId, until: await until(days) });
const question = async (who: Practitioner) => (await together(who)).questions[0]!.id;
async function letters(who: Practitioner): Promise<string[]> {
  const { rows } = await sql<{ subject: string }>`
    SELECT m.subject FROM mail_message m JOIN account a ON a.email = m.to_address WHERE a.id = ${who.accountId} ORDER BY m.id`.execute(
    world.owner,
  );
  return rows.map(({ subject }) => subject);
}

describe('working together', () => {
  it('is asked by one side, accepted by the other, and told to both', async () => {
    const [injector, prescriber] = [await nurse(), await doctor()];
    await ask(injector, prescriber);
    const id = await question(prescriber);
    await expectRefusal(accept(injector, id), 'not_now');
    await expectRefusal(accept(await doctor(), id), 'not_found');
    await expectRefusal(ask(injector, prescriber), 'already_written');
    await accept(prescriber, id);
    expect((await together(injector)).live).toMatchObject([{ id, iPrescribe: false }]);
    expect(await eventsOf(world, injector.id)).toContain('supervision.accepted');

    await endSupervision(world.db, as(injector), { supervisionId: id });
    expect((await together(prescriber)).live).toEqual([]);
    expect(await letters(injector)).toEqual(['You work together now', 'You no longer work together']);
    expect(await letters(prescriber)).toEqual([
      'Somebody asks to work with you',
      'You work together now',
      'You no longer work together',
    ]);
  });

  it('is asked by the prescriber too, who is not told whether anybody has that address', async () => {
    const [injector, prescriber] = [await nurse(), await doctor()];
    const { email } = await world.owner
      .selectFrom('account')
      .where('id', '=', injector.accountId)
      .select('email')
      .executeTakeFirstOrThrow();
    await inviteInjector(world.db, as(prescriber), LINK, { email: 'nobody@example.test', ...where });
    await inviteInjector(world.db, as(prescriber), LINK, { email, ...where });
    await accept(injector, await question(injector));
    expect((await together(prescriber)).live.length).toBe(1);
    await expectRefusal(
      inviteInjector(world.db, as(injector), LINK, { email, ...where }),
      'capability_missing',
    );
  });

  it('declined, it is asked anew or not at all', async () => {
    const [injector, prescriber] = [await nurse(), await doctor()];
    await ask(injector, prescriber);
    const id = await question(prescriber);
    await declineSupervision(world.db, as(prescriber), { supervisionId: id });
    await expectRefusal(accept(prescriber, id), 'not_found');
    await ask(injector, prescriber);
    expect(await question(prescriber)).not.toBe(id);
  });

  it('has an end within a year, and a prescriber who is insured for it', async () => {
    const [injector, prescriber] = [await nurse(), await doctor()];
    await ask(injector, prescriber);
    const id = await question(prescriber);
    await expectRefusal(accept(prescriber, id, 500), 'supervision_too_long');
    await expectRefusal(accept(prescriber, id, 0), 'date_past');
    await sql`ALTER TABLE credential DISABLE TRIGGER credential_withdraw`.execute(world.owner);
    await sql`UPDATE credential SET covers_prescribing = false WHERE practitioner_id = ${prescriber.id}`.execute(
      world.owner,
    );
    await sql`ALTER TABLE credential ENABLE TRIGGER credential_withdraw`.execute(world.owner);
    await expectRefusal(accept(prescriber, id), 'insurance_for_others');
  });

  it('stops at as many as policy allows, also when all accept at once', async () => {
    const prescriber = await doctor();
    const injectors = await Promise.all(Array.from({ length: 8 }, nurse));
    for (const injector of injectors) await ask(injector, prescriber);
    const { questions } = await together(prescriber);
    const outcomes = await Promise.allSettled(questions.map(({ id }) => accept(prescriber, id)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBe(6);
    expect((await together(prescriber)).live.length).toBe(6);
    await expectRefusal(accept(prescriber, await question(prescriber)), 'supervision_full');
  });
});
