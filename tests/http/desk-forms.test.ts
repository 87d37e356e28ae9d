import { beforeAll, expect, it } from 'vitest';
import { startSession } from '#lib/server/domain/accounts/sessions.ts';
import { startTestServer } from '../harness/server.ts';
import { createTestDatabase } from '../harness/database.ts';
import { afterFile } from '../harness/after.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { build, type Town } from '../builders/town.ts';
import { clinicMember } from '../builders/people.ts';
import { book } from '../builders/visits.ts';
import { later } from '../builders/act.ts';

let url: string;
let owner: Db;
let town: Town;
let cookie: string;

beforeAll(async () => {
  const database = await createTestDatabase();
  owner = openDb(openPool(database.urls.owner, { max: 2, onError: () => {} }));
  afterFile(() => owner.destroy());
  town = await build(owner);
  ({ url } = await startTestServer(database));
  const joe = await clinicMember(owner, town.leeds);
  cookie = `session=${await startSession(owner, joe.accountId)}`;
});

async function send(path: string, fields: Record<string, string | string[]>) {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(fields))
    for (const one of [value].flat()) body.append(name, one);
  const headers = { origin: url, cookie, accept: 'text/html' };
  const response = await fetch(`${url}${path}`, { method: 'POST', headers, body, redirect: 'manual' });
  return { status: response.status, to: response.headers.get('location'), text: await response.text() };
}
const read = async (path: string) => (await fetch(`${url}${path}`, { headers: { cookie } })).text();

const born = { 'dateOfBirth-day': '12', 'dateOfBirth-month': '3', 'dateOfBirth-year': '1961' };
const wren = {
  ...born,
  givenName: 'Wren',
  familyName: 'Longacre',
  phone: '0113 496 0777',
  postalAddress: '',
  email: '',
};
const anyTime = {
  weekday: ['1', '2', '3', '4', '5'],
  fromHour: '0',
  untilHour: '24',
  earliestDay: '2026-01-01',
  latestDay: '2100-01-01',
};

it('a caller is put on the waitlist, and the date of birth put right, by plain forms', async () => {
  const late = await send('/desk/reception/book?/wait', {
    ...wren,
    ...anyTime,
    practitioner: town.prescriber.slug,
    untilHour: '0',
    fromHour: '9',
  });
  expect([late.status, late.text]).toEqual([
    422,
    expect.stringContaining('Choose a time after the first one'),
  ]);
  const { status, to } = await send('/desk/reception/book?/wait', {
    ...wren,
    ...anyTime,
    practitioner: town.prescriber.slug,
  });
  expect([status, to]).toEqual([
    303,
    expect.stringMatching(/^\/desk\/reception\/people\/[0-9a-f-]{36}\/waitlist$/),
  ]);
  expect(await read(to!)).toContain('A consultation with');
  const { id: entryId } = await owner.selectFrom('waitlist_entry').select('id').executeTakeFirstOrThrow();

  const person = to!.replace(/\/waitlist$/, '');
  const young = await send(`${person}?/birth`, { ...born, 'dateOfBirth-year': '2020', knownBy: 'said' });
  expect([young.status, young.text]).toEqual([422, expect.stringContaining('for adults only')]);
  const unsaid = await send(`${person}?/birth`, { ...born, 'dateOfBirth-day': '3' });
  expect([unsaid.status, unsaid.text]).toEqual([422, expect.stringContaining('Choose how you know')]);
  const right = { ...born, 'dateOfBirth-day': '3', 'dateOfBirth-month': '12', knownBy: 'said' };
  expect(await send(`${person}?/birth`, right)).toMatchObject({ status: 303, to: person });
  expect(await read(person)).toContain('3 December 1961');

  expect(await send(`${to}?/leave`, { entryId })).toMatchObject({ status: 303, to });
  const none = await send(`${to}?/ask`, { ...anyTime, wanted: 'nothing' });
  expect([none.status, none.text]).toEqual([422, expect.stringContaining('Choose what for')]);
  const again = { ...anyTime, wanted: `practitioner ${town.prescriber.slug}` };
  expect(await send(`${to}?/ask`, again)).toMatchObject({ status: 303, to });
  expect(await read(to!)).toContain('Stop waiting');
});

it('a visit changes its room by a plain form', async () => {
  const { id: room } = await owner
    .insertInto('room')
    .values({ location_id: town.leeds.locationId, name: 'Blue' })
    .returning('id')
    .executeTakeFirstOrThrow();
  const at = (await later(owner, { days: 9 })).round({ smallestUnit: 'hour' });
  const { id: visit } = await book(owner, {
    kind: 'consultation',
    patient: town.patient,
    who: town.prescriber,
    where: town.leeds,
    at,
  });
  const path = `/desk/calendar?/room&view=rooms&day=${at.toString().slice(0, 10)}`;
  const refused = await send(path, { visit, room });
  expect([refused.status, refused.text]).toEqual([
    409,
    expect.stringContaining('not for this kind of visit'),
  ]);
  await owner
    .updateTable('practice')
    .set({ needs_room: true })
    .where('location_id', '=', town.leeds.locationId)
    .execute();
  const { status, to } = await send(path, { visit, room });
  expect([status, to]).toEqual([303, expect.stringContaining(visit)]);
  expect(await read(to!)).toContain('Room: Blue.');
});

it('what makes no sense in an address or a form of the desk is no error of ours', async () => {
  const doctor = { cookie: `session=${await startSession(owner, town.prescriber.accountId)}` };
  const emergency = await fetch(`${url}/desk/closures/new?emergency=now`, { headers: doctor });
  expect([emergency.status, await emergency.text()]).toEqual([
    200,
    expect.stringContaining('Choose whose time'),
  ]);
  const headers = { ...doctor, origin: url, accept: 'text/html' };
  const lines = (end: string) =>
    fetch(`${url}/desk/schedule?/rows`, {
      method: 'POST',
      headers,
      body: new URLSearchParams({ 'weekday-0': '1', 'start-0': '09:00', 'end-0': end, add: '2' }),
    });
  expect((await lines('12:00')).status).toBe(200);
  expect((await lines('a\0b')).status).toBe(400);
  // Every object has these, and no page means them.
  for (const name of ['constructor', 'toString', 'default']) {
    const body = new URLSearchParams();
    const answer = await fetch(`${url}/account/sign-in?/${name}`, { method: 'POST', headers, body });
    expect([name, answer.status]).toEqual([name, 404]);
  }
});
