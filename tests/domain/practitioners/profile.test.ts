import { sql } from 'kysely';
import type { z } from 'zod';
import { beforeAll, describe, expect, it } from 'vitest';
import { claimForm } from '#lib/server/domain/credentials/claim.ts';
import { readOwnPlace, readOwnProfile } from '#lib/server/domain/directory/own-profile.ts';
import { readProfile } from '#lib/server/domain/directory/profile.ts';
import { currentSlug } from '#lib/server/domain/directory/reads.ts';
import { notifyOfProfileChange } from '#lib/server/domain/notifications/notify-profile-change.ts';
import { readProfileChanges } from '#lib/server/domain/oversight/profile-change-reads.ts';
import { checkProfileChange, decideProfileChange } from '#lib/server/domain/oversight/profile-changes.ts';
import {
  askForAddress,
  askForName,
  askForProfession,
  askForSince,
  withdrawChange,
} from '#lib/server/domain/practitioners/ask-for-change.ts';
import { savePlace, saveWords } from '#lib/server/domain/practitioners/edit-profile.ts';
import {
  addressForm,
  feesForm,
  locationForm,
  nameForm,
  placeForm,
  profileForm,
  whyNotPublic,
  wordsForm,
  youForm,
} from '#lib/server/domain/practitioners/input.ts';
import type { Actor } from '#lib/server/domain/shared/actor.ts';
import type { Practitioner } from '../../builders/people.ts';
import { practitioner, staffMember } from '../../builders/people.ts';
import { vet } from '../../builders/vetting.ts';
import { practise } from '../../builders/places.ts';
import { booked, checkedDoctor, slotsFrom } from '../oversight/world.ts';
import { as, expectRefusal, openWorld, type World } from '../booking/world.ts';

let world: World;
let first: Actor;
let second: Actor;
beforeAll(async () => {
  world = await openWorld();
  [first, second] = [as(world.town.reviewers[0]), as(world.town.reviewers[1])];
});

const SAID = {
  headline: 'Time to talk',
  biography: 'I listen first.\n\nThen I say what I would not do.',
  regions: 'jaw',
  pronouns: 'she/her',
  gender: 'woman',
  languages: 'English, Welsh, Klingon Proper',
};
const WORDS = wordsForm.parse(SAID);
const AT = {
  fee: '37.50',
  covers: 'Taken off the first treatment.',
  minutes: '40',
  accessFeatures: ['step_free', 'parking'],
  directions: 'The green door beside the bakery.',
};
const PLACE = placeForm.parse(AT);
const NAMED = { title: 'Dr', displayName: 'Rowan Ashdown', familyName: 'Ashdown', reason: 'I have married.' };
const ADDRESS = {
  clinicName: 'Harbour Rooms',
  phone: '01632 960321',
  street: 'Unit 4, Mill Lane',
  town: 'Leeds',
  postcode: 'LS1 4AP',
  reason: 'The sign outside is new.',
};

const read = (who: Practitioner) => readOwnProfile(world.db, as(who));
const waiting = async (who: Practitioner) => (await read(who)).changes.filter(({ isOpen }) => isOpen);
/** The one change that waits, of what somebody has asked for. */
const asked = async (who: Practitioner, ask: Promise<unknown>): Promise<string> => {
  await ask;
  const changes = await waiting(who);
  expect(changes).toHaveLength(1);
  return changes[0]!.id;
};
const check = (changeId: string, by = first) =>
  checkProfileChange(world.db, by, { changeId, finding: 'The register shows the new name.' });
const decide = (changeId: string, accept = true, by = second) =>
  decideProfileChange(world.db, by, { changeId, accept, reason: 'I have read it there too.' });
const row = async (who: Practitioner) =>
  world.owner.selectFrom('practitioner').selectAll().where('id', '=', who.id).executeTakeFirstOrThrow();
const eventsAbout = async (subjectId: string) =>
  (
    await world.owner
      .selectFrom('event')
      .select(['id', 'type'])
      .where('subject_id', '=', subjectId)
      .orderBy('id')
      .execute()
  ).map(({ type }) => type);

describe('what somebody says of themselves', () => {
  it('takes effect at once, is found by search, and what it was before stays on record', async () => {
    const who = await checkedDoctor(world);
    await saveWords(world.db, as(who), WORDS);
    const profile = await readProfile(world.db, who.slug, 0);
    expect(profile).toMatchObject({
      listed: true,
      headline: 'Time to talk',
      paragraphs: ['I listen first.', 'Then I say what I would not do.'],
      pronouns: 'she/her',
      languages: ['English', 'Welsh', 'Klingon Proper'],
    });
    expect((await row(who)).languages).toEqual(['en', 'cy', 'Klingon Proper']);
    expect(await eventsAbout(who.id)).toContain('practitioner.profile_changed');

    await saveWords(world.db, as(who), { ...WORDS, headline: 'More time to talk' });
    const { history } = await read(who);
    expect(history[0]).toMatchObject({
      what: 'One line about how you work',
      before: 'Time to talk',
      after: 'More time to talk',
      by: 'You',
    });
    expect(history.map(({ what }) => what).toSorted()).toEqual([
      'About you',
      'Gender',
      'Languages',
      'One line about how you work',
      'One line about how you work',
      'Pronouns',
      'What people may come to you about',
    ]);
    // Saved again as it is, it is no change.
    await saveWords(world.db, as(who), { ...WORDS, headline: 'More time to talk' });
    expect((await read(who)).history).toHaveLength(history.length);
  });

  it('of a place: fee, length, the rooms and the way to the door', async () => {
    const who = await checkedDoctor(world);
    const { locationId } = world.town.leeds;
    await savePlace(world.db, as(who), { locationId }, PLACE);
    const place = await readOwnPlace(world.db, as(who), locationId);
    expect(place).toMatchObject({
      fee: '37.50',
      minutes: 40,
      accessFeatures: ['step_free', 'parking'],
      isShared: true,
    });
    const { workplaces } = (await read(who)).shown!;
    expect(workplaces[0]).toMatchObject({
      fee: '£37.50',
      feeCovers: 'Taken off the first treatment.',
      directions: 'The green door beside the bakery.',
    });
    const { history } = await read(who);
    expect(history.find(({ what }) => what === 'What the rooms offer')).toMatchObject({
      after: 'Step-free way in, Parking',
    });
    // Who works there too reads that a colleague changed it, and their own fee stays.
    const colleague = await readOwnProfile(world.db, as(world.town.prescriber));
    expect(colleague.history[0]).toMatchObject({ by: 'A colleague at this place' });
    expect(colleague.history.map(({ what }) => what)).not.toContain('Fee for the first talk');
    await expectRefusal(
      savePlace(world.db, as(who), { locationId: crypto.randomUUID() }, PLACE),
      'not_found',
    );
  });

  it('says what patients would miss, and why it matters to them', async () => {
    const who = await checkedDoctor(world);
    const texts = async () => (await read(who)).hints.map(({ text }) => text);
    expect(await texts()).toEqual(
      expect.arrayContaining(['Say in one line how you work', 'Say what people may come to you about']),
    );
    for (const { why } of (await read(who)).hints) expect(why.length).toBeGreaterThan(40);
    await saveWords(world.db, as(who), { ...WORDS, biography: 'I listen. '.repeat(40) });
    await savePlace(world.db, as(who), { locationId: world.town.leeds.locationId }, PLACE);
    expect(await texts()).toEqual([]);
  });

  it('is nothing to whom nobody has approved, nor to anybody else', async () => {
    const who = await practitioner(world.owner);
    await expectRefusal(saveWords(world.db, as(who), WORDS), 'not_found');
    await expectRefusal(read(who), 'not_found');
    await expectRefusal(saveWords(world.db, as(world.town.reviewers[0]), WORDS), 'not_found');
  });
});

describe('what was checked', () => {
  it('changes by two reviewers: meanwhile the old name stays, then the old address leads to the new one', async () => {
    const who = await checkedDoctor(world);
    const before = await row(who);
    const changeId = await asked(who, askForName(world.db, as(who), NAMED));
    await expectRefusal(askForName(world.db, as(who), { ...NAMED, title: null }), 'change_waits');
    await check(changeId);
    expect(await row(who)).toMatchObject({ display_name: before.display_name, slug: before.slug });
    expect((await readProfile(world.db, who.slug, 0)).name).toBe(before.display_name);

    await expectRefusal(decide(changeId, true, first), 'second_person_needed');
    await expectRefusal(decide(changeId, true, as(who)), 'not_found');
    await decide(changeId);
    expect(await row(who)).toMatchObject({
      title: 'Dr',
      display_name: 'Rowan Ashdown',
      family_name: 'Ashdown',
      slug: 'rowan-ashdown',
    });
    expect(await currentSlug(world.db, who.slug)).toBe('rowan-ashdown');
    expect(await currentSlug(world.db, 'rowan-ashdown')).toBeUndefined();
    await expectRefusal(decide(changeId), 'not_now');

    const { history, changes } = await read(who);
    expect(history.map(({ what, by }) => `${what}: ${by}`).toSorted()).toEqual([
      'Address of the page: Two reviewers, as you asked',
      'Last name: Two reviewers, as you asked',
      'Name: Two reviewers, as you asked',
      'Title: Two reviewers, as you asked',
    ]);
    expect(changes[0]).toMatchObject({ state: 'Accepted', decisionReason: 'I have read it there too.' });
    expect(await eventsAbout(changeId)).toEqual(['profile_change.decided']);
    expect(await eventsAbout(who.id)).toContain('practitioner.profile_changed');
    const audit = await world.owner
      .selectFrom('audit')
      .select('action')
      .where('subject_id', '=', changeId)
      .orderBy('seq')
      .execute();
    expect(audit.map(({ action }) => action)).toEqual(['profile.ask', 'profile.check', 'profile.decide']);
  });

  it('gives nobody the address that somebody else had', async () => {
    const one = await checkedDoctor(world);
    const other = await checkedDoctor(world);
    const named = { ...NAMED, displayName: 'Ines Holloway', familyName: 'Holloway' };
    for (const [who, name] of [
      [one, named],
      [one, { ...named, displayName: 'Ines Marsh' }],
      [other, named],
    ] as const) {
      const changeId = await asked(who, askForName(world.db, as(who), name));
      await check(changeId);
      await decide(changeId);
    }
    expect([(await row(one)).slug, (await row(other)).slug]).toEqual(['ines-marsh', 'ines-holloway-2']);
    expect(await currentSlug(world.db, 'ines-holloway')).toBe('ines-marsh');
  });

  it('stays where two reviewers say no, and can be taken back before', async () => {
    const who = await checkedDoctor(world);
    const since = { practisingSince: 2004, reason: 'The year on my page is wrong.' };
    const changeId = await asked(who, askForSince(world.db, as(who), since));
    await check(changeId);
    await decide(changeId, false);
    expect((await row(who)).practising_since).toBeNull();
    const again = await asked(who, askForSince(world.db, as(who), since));
    await expectRefusal(
      withdrawChange(world.db, as(world.town.prescriber), { changeId: again }),
      'not_found',
    );
    await withdrawChange(world.db, as(who), { changeId: again });
    expect(await waiting(who)).toEqual([]);
    await expectRefusal(check(again), 'not_now');
  });

  it('is decided by nobody about themselves', async () => {
    const who = await checkedDoctor(world);
    await world.owner.insertInto('staff').values({ account_id: who.accountId, role: 'reviewer' }).execute();
    const changeId = await asked(who, askForName(world.db, as(who), NAMED));
    await expectRefusal(check(changeId, as(who)), 'not_about_yourself');
    await check(changeId);
    await expectRefusal(decide(changeId, true, as(who)), 'not_about_yourself');
    const operator = as(await staffMember(world.owner, 'operator'));
    await expectRefusal(decide(changeId, true, operator), 'not_found');
    await expectRefusal(readProfileChanges(world.db, operator), 'not_found');
    const { waiting: queue } = await readProfileChanges(world.db, second);
    expect(queue.find(({ id }) => id === changeId)).toMatchObject({
      whyNot: null,
      title: 'Name',
      stateText: 'Waiting for a second reviewer',
    });
  });

  it('is another profession only where its credentials are confirmed', async () => {
    const who = await checkedDoctor(world);
    await expectRefusal(
      askForProfession(world.db, as(who), { profession: 'physician_assistant', reason: 'I am one now.' }),
      'profession_not_here',
    );
    await expectRefusal(
      askForProfession(world.db, as(who), { profession: 'doctor', reason: 'I am one still.' }),
      'nothing_changed',
    );
    const changeId = await asked(
      who,
      askForProfession(world.db, as(who), { profession: 'dentist', reason: 'I am a dentist as well.' }),
    );
    await check(changeId);
    // The number in the doctors' register is none in the dentists'.
    await expectRefusal(decide(changeId), 'evidence_incomplete');
    expect((await row(who)).profession).toBe('doctor');
  });

  it('is an address: the name of the clinic at once, the street only when nobody has booked there', async () => {
    const who = await checkedDoctor(world);
    const { locationId } = world.town.leeds;
    const { address } = await readOwnPlace(world.db, as(who), locationId);
    const ask = (about: Partial<typeof address>) =>
      askForAddress(
        world.db,
        as(who),
        { locationId },
        { ...address, placeId: null, reason: 'The sign outside is new.', ...about },
      );
    const [start] = await slotsFrom(world, who, 3);
    await booked(world, who, start!);

    const named = await asked(who, ask({ clinicName: 'Harbour Rooms' }));
    await check(named);
    await decide(named);
    expect((await readOwnPlace(world.db, as(who), locationId)).address.clinicName).toBe('Harbour Rooms');

    const { address: now } = await readOwnPlace(world.db, as(who), locationId);
    const moved = await asked(who, ask({ ...now, street: '9 Mill Lane' }));
    await check(moved);
    await expectRefusal(decide(moved), 'visits_at_address');
    await decide(moved, false);
  });

  it('asked for by two who work there, the second is not put over the first', async () => {
    const [one, other] = [await checkedDoctor(world), await checkedDoctor(world)];
    const { locationId } = world.town.leeds;
    const { address } = await readOwnPlace(world.db, as(one), locationId);
    const ask = (who: Practitioner, clinicName: string) =>
      askForAddress(
        world.db,
        as(who),
        { locationId },
        { ...address, clinicName, placeId: null, reason: 'The sign outside is new.' },
      );
    const first = await asked(one, ask(one, 'North Rooms'));
    const later = await asked(other, ask(other, 'South Rooms'));
    for (const id of [first, later]) await check(id);
    await decide(first);
    await expectRefusal(decide(later), 'change_overtaken');
  });

  it('is told in a letter that says nothing of it', async () => {
    const who = await checkedDoctor(world);
    const changeId = await asked(who, askForName(world.db, as(who), NAMED));
    await check(changeId);
    await decide(changeId, false);
    const { id } = await world.owner
      .selectFrom('event')
      .select('id')
      .where('subject_id', '=', changeId)
      .executeTakeFirstOrThrow();
    for (let twice = 0; twice < 2; twice++)
      await notifyOfProfileChange(world.owner, new URL('https://steadyhand.example'), {
        id,
        changeId,
      });
    const letters = await world.owner
      .selectFrom('mail_message')
      .select(['subject', 'body'])
      .where('to_address', '=', (sql) =>
        sql.selectFrom('account').select('email').where('id', '=', who.accountId),
      )
      .execute();
    expect(letters.map(({ subject }) => subject)).toEqual(['The change to your profile is decided']);
    expect(letters[0]!.body).not.toMatch(/Rowan|name|reject|accept/i);
    expect(letters[0]!.body).toContain('/desk/profile');
  });
});

describe('past the commands, as the application', () => {
  const asApp = async (who: { accountId: string }, statement: ReturnType<typeof sql>) => {
    try {
      await world.db.transaction().execute(async (trx) => {
        await sql`SELECT set_config('app.actor_id', ${who.accountId}, true)`.execute(trx);
        await statement.execute(trx);
      });
      return 'through';
    } catch (error) {
      const { code, constraint } = error as { code: string; constraint?: string };
      return constraint ?? code;
    }
  };

  it('nobody renames, moves or re-registers somebody who was checked', async () => {
    const who = await checkedDoctor(world);
    const { locationId, clinicId } = world.town.leeds;
    for (const change of [
      sql`display_name = 'Another'`,
      sql`title = 'Prof'`,
      sql`slug = 'another'`,
      sql`family_name = 'Another'`,
      sql`native_name = 'Another'`,
      sql`practising_since = 1980`,
    ])
      expect(await asApp(who, sql`UPDATE practitioner SET ${change} WHERE id = ${who.id}`)).toBe(
        'practitioner_checked',
      );
    expect(await asApp(who, sql`UPDATE practitioner SET profession = 'dentist' WHERE id = ${who.id}`)).toBe(
      '42501',
    );
    expect(await asApp(who, sql`UPDATE location SET street = '1 Elsewhere' WHERE id = ${locationId}`)).toBe(
      'location_checked',
    );
    expect(await asApp(who, sql`UPDATE clinic SET phone = '01632 960999' WHERE id = ${clinicId}`)).toBe(
      'clinic_checked',
    );
    const elsewhere = sql`
      WITH at AS (INSERT INTO location (clinic_id, name, street, locality, postcode, jurisdiction, latitude, longitude, time_zone)
        SELECT clinic_id, 'B', street, locality, postcode, jurisdiction, latitude, longitude, time_zone FROM location WHERE id = ${locationId} RETURNING id)
      INSERT INTO practice (practitioner_id, location_id, currency, consultation_fee_minor, consultation_minutes)
      SELECT ${who.id}, id, 'GBP', 0, 30 FROM at`;
    expect(await asApp(who, elsewhere)).toBe('practice_checked');
    // What they say of themselves stays theirs.
    expect(await asApp(who, sql`UPDATE practitioner SET headline = 'x' WHERE id = ${who.id}`)).toBe(
      'through',
    );
    expect(await asApp(who, sql`UPDATE location SET directions = 'x' WHERE id = ${locationId}`)).toBe(
      'through',
    );
  });

  it('nobody who is not approved yet is kept from putting their name right, until somebody was asked to look', async () => {
    const who = await practitioner(world.owner);
    const rename = sql`UPDATE practitioner SET display_name = 'Put Right' WHERE id = ${who.id}`;
    expect(await asApp(who, rename)).toBe('through');
    await practise(world.owner, who, world.town.leeds);
    await vet(world.owner, who, world.town.reviewers);
    expect(await asApp(who, sql`UPDATE practitioner SET display_name = 'Again' WHERE id = ${who.id}`)).toBe(
      'practitioner_checked',
    );
  });

  it('nobody writes, forges or wipes out what was changed', async () => {
    const who = await checkedDoctor(world);
    await saveWords(world.db, as(who), WORDS);
    for (const statement of [
      sql`INSERT INTO profile_change (practitioner_id, field) VALUES (${who.id}, 'practitioner.headline')`,
      sql`UPDATE profile_change SET after = 'null'`,
      sql`DELETE FROM profile_change`,
    ])
      expect(await asApp(who, statement)).toBe('42501');
    const readBy = async (by: { accountId: string }) =>
      world.db.transaction().execute(async (trx) => {
        await sql`SELECT set_config('app.actor_id', ${by.accountId}, true)`.execute(trx);
        const { rows } = await sql`SELECT 1 FROM profile_change WHERE practitioner_id = ${who.id}`.execute(
          trx,
        );
        return rows.length;
      });
    expect(await readBy(who)).toBe(6);
    expect(await readBy(world.town.reviewers[0])).toBe(6);
    expect(await readBy(world.town.prescriber)).toBe(0);
    await expect(sql`DELETE FROM profile_change`.execute(world.owner)).rejects.toThrow(/append-only/);
  });

  it('nobody checks or accepts for themselves, or for one another', async () => {
    const who = await checkedDoctor(world);
    const changeId = await asked(who, askForName(world.db, as(who), NAMED));
    const [reviewer, another] = world.town.reviewers;
    const step = (to: string) => sql`SELECT take_high_risk_step(${changeId}, ${to}, 'I say so.')`;
    expect(await asApp(who, step('checked'))).toBe('high_risk_change_not_the_subject');
    expect(await asApp(world.town.prescriber, step('checked'))).toBe('high_risk_change_checked_by_reviewer');
    expect(await asApp(reviewer, step('accepted'))).toBe('high_risk_change_waiting');
    expect(await asApp(reviewer, step('checked'))).toBe('through');
    expect(await asApp(reviewer, step('accepted'))).toBe('high_risk_change_two_people');
    expect(await asApp(who, step('accepted'))).toBe('high_risk_change_not_the_subject');
    expect(await asApp(another, sql`UPDATE high_risk_change SET after = '{}' WHERE id = ${changeId}`)).toBe(
      '42501',
    );
    const born = sql`INSERT INTO high_risk_change (practitioner_id, kind, after, reason, state) VALUES (${who.id}, 'profession', '{"profession":"dentist"}', 'x', 'accepted')`;
    expect(await asApp(who, born)).toBe('42501');
    const forAnother = sql`INSERT INTO high_risk_change (practitioner_id, kind, after, reason) VALUES (${who.id}, 'profession', '{"profession":"dentist"}', 'x')`;
    expect(await asApp(world.town.prescriber, forAnother)).toBe('42501');
    expect((await row(who)).display_name).not.toBe('Rowan Ashdown');
    expect(await asApp(another, step('accepted'))).toBe('through');
    expect((await row(who)).display_name).toBe('Rowan Ashdown');
  });
});

describe('a word that no public page may carry', () => {
  /** Everything that somebody writes and everybody reads, with what else its form asks for. */
  const WRITTEN: Readonly<
    Record<string, [schema: z.ZodType, field: string, lawful: Record<string, unknown>]>
  > = {
    'the line under the name': [wordsForm, 'headline', SAID],
    'the biography': [wordsForm, 'biography', SAID],
    'the pronouns': [wordsForm, 'pronouns', SAID],
    'the languages': [wordsForm, 'languages', SAID],
    'the title': [nameForm, 'title', NAMED],
    'the name': [nameForm, 'displayName', NAMED],
    'the name of a clinic': [addressForm, 'clinicName', ADDRESS],
    'the street': [addressForm, 'street', ADDRESS],
    'what a fee covers': [placeForm, 'covers', AT],
    'the way to the door': [placeForm, 'directions', AT],
    'the line, while applying': [profileForm, 'headline', SAID],
    'the title, while applying': [youForm, 'title', { ...SAID, ...NAMED, practisingSince: '2004' }],
    'the clinic, while applying': [locationForm, 'clinicName', ADDRESS],
    'what a fee covers, while applying': [feesForm, 'covers', AT],
    'a course': [
      claimForm('life_support', null),
      'title',
      { title: 'Basic life support', issuer: 'A school', takenOn: '2026-01-01' },
    ],
    'who taught it': [
      claimForm('life_support', null),
      'issuer',
      { title: 'Basic life support', issuer: 'A school', takenOn: '2026-01-01' },
    ],
  };

  it.each(Object.entries(WRITTEN))('is refused with the reason in %s', (_where, [schema, field, lawful]) => {
    expect(schema.safeParse(lawful).error?.issues).toBeUndefined();
    for (const word of ['Botox', 'anti-wrinkle', 'Dysport']) {
      const { error } = schema.safeParse({ ...lawful, [field]: word });
      expect([word, error?.issues[0]?.path, error?.issues[0]?.message]).toEqual([
        word,
        [field],
        expect.stringContaining(`Public pages cannot say “${word}”: the law forbids advertising`),
      ]);
    }
  });

  it('is named while it is typed', () => {
    expect(whyNotPublic('Calm first talks')).toBeNull();
    expect(whyNotPublic('Gentle Botox and Dysport')).toMatch(/“Botox” and “Dysport”/);
  });
});
