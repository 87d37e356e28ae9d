import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { expectSound, openTown, person, press, pressEnter, shared, signIn, type Town } from './world.ts';

const PRESCRIBER = 'prescriber@demo.steadyhand.example';
const PROFILE = '/practitioners/amara-okafor-bell';
const LONDON = 'Europe/London';

let town: Town;
/** When London's clocks change next. */
let change: Temporal.ZonedDateTime;
shared(async () => {
  town = await openTown();
  const now = Temporal.Instant.from(await town.ask(`SELECT to_json(app_now())#>>'{}'`));
  change = now
    .add({ hours: 7 * 24 })
    .toZonedDateTimeISO(LONDON)
    .getTimeZoneTransition('next')!;
  // A week before it, so that one page of times shows both of its sides.
  await town.moveClockTo(change.subtract({ days: 7 }).with({ hour: 6 }).toInstant().toString());
});

/** Every weekday from ten to twelve by the clock on the wall, with one change and one day left out. */
function calendarFile(): Buffer {
  const first = change.subtract({ days: 21 }).toPlainDate();
  const monday = first
    .subtract({ days: first.dayOfWeek - 1 })
    .toString()
    .replaceAll('-', '');
  return Buffer.from(
    [
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//Elsewhere//EN',
      'BEGIN:VEVENT',
      'UID:morning@elsewhere.example',
      'SUMMARY:Nobody here needs to know',
      `DTSTART;TZID=${LONDON}:${monday}T100000`,
      `DTEND;TZID=${LONDON}:${monday}T120000`,
      'RRULE:FREQ=DAILY',
      'END:VEVENT',
      'END:VCALENDAR',
      '',
    ].join('\r\n'),
  );
}

/** The times on the profile, on London's clock. */
async function timesShown(page: Page): Promise<Temporal.ZonedDateTime[]> {
  await page.goto(PROFILE);
  const instants = await page
    .getByRole('main')
    .locator('a.time time')
    .evaluateAll((times) => times.map((time) => time.getAttribute('datetime')!));
  return instants.map((text) => Temporal.Instant.from(text).toZonedDateTimeISO(LONDON));
}

const isMorning = ({ hour }: Temporal.ZonedDateTime) => hour === 10 || hour === 11;
const isBefore = (time: Temporal.ZonedDateTime) => Temporal.ZonedDateTime.compare(time, change) < 0;

it.each([
  ['with JavaScript', true],
  ['without JavaScript', false],
])(
  'a calendar from elsewhere keeps its hours on both sides of a clock change, %s',
  async (_how, javaScriptEnabled) => {
    const visitor = await person(town);
    const free = await timesShown(visitor.page);
    const mornings = free.filter(isMorning);
    expect(mornings.filter(isBefore)).not.toEqual([]);
    expect(mornings.filter((time) => !isBefore(time))).not.toEqual([]);

    const { page, context, faults } = await person(town, { javaScriptEnabled });
    await signIn(page, PRESCRIBER);
    await page.goto('/desk');
    const nav = page.getByRole('navigation', { name: 'Desk' });
    await pressEnter(nav.getByRole('link', { name: 'Calendar', exact: true }));
    await pressEnter(nav.getByRole('link', { name: 'Other calendars' }));
    await page.waitForURL('/desk/calendars');
    if (javaScriptEnabled) await expectSound(page);

    await page.getByLabel('What you call it').fill('The other clinic');
    await press(page, 'button', 'Add this calendar');
    await page.getByRole('alert').waitFor();
    expect(await page.getByLabel('What you call it').inputValue()).toBe('The other clinic');
    await page
      .getByLabel('Or a file')
      .setInputFiles({ name: 'other.ics', mimeType: 'text/calendar', buffer: calendarFile() });
    await press(page, 'button', 'Add this calendar');
    await page.getByRole('heading', { name: 'The other clinic' }).waitFor();
    expect(await page.getByRole('main').textContent()).not.toContain('needs to know');
    if (javaScriptEnabled) await expectSound(page);

    const kept = await timesShown(visitor.page);
    expect(kept.filter(isMorning)).toEqual([]);
    // The afternoons are as they were, on both sides.
    const afternoon = (times: Temporal.ZonedDateTime[]) =>
      times.filter(({ hour, minute }) => hour * 60 + minute >= 12 * 60 + 30).map(String);
    expect(afternoon(kept)).toEqual(afternoon(free));

    await press(page, 'button', /^Remove/);
    await page.getByRole('heading', { name: 'None yet' }).waitFor();
    expect((await timesShown(visitor.page)).map(String)).toEqual(free.map(String));
    expect([faults, visitor.faults]).toEqual([[], []]);
    await context.close();
    await visitor.context.close();
  },
);

it.each([
  ['with JavaScript', true],
  ['without JavaScript', false],
])(
  'appointments from elsewhere are looked at before they are brought over, %s',
  async (_how, javaScriptEnabled) => {
    const { page, context, faults } = await person(town, { javaScriptEnabled });
    await signIn(page, PRESCRIBER);
    await page.goto('/desk/import');
    if (javaScriptEnabled) await expectSound(page);
    const day = change
      .add({ days: javaScriptEnabled ? 20 : 21 })
      .toPlainDate()
      .toString();
    const table = [
      'reference,date,start,end,first name,last name,date of birth,kind',
      `${_how} 1,${day},07:00,07:30,Noor,Elsewhere,1984-03-27,Consultation`,
      `${_how} 2,${day},08:30,09:00,Noor,Undated,,Consultation`,
      `${_how} 3,${day},21:00,21:30,Noor,Elsewhere,1984-03-27,Treatment`,
    ].join('\n');
    const choose = () =>
      page
        .locator('input[type=file]')
        .setInputFiles({ name: 'table.csv', mimeType: 'text/csv', buffer: Buffer.from(table) });

    await choose();
    await press(page, 'button', 'Check the file');
    await page.getByRole('heading', { name: 'What will be brought over' }).waitFor();
    expect(await page.getByRole('main').textContent()).toMatch(
      /Will be brought over.*ask for it.*Not a consultation/s,
    );
    if (javaScriptEnabled) await expectSound(page);

    // Without JavaScript a browser forgets which file was chosen.
    if (!javaScriptEnabled) await choose();
    await page.getByLabel('Date of birth of Noor Undated').fill('1990-02-28');
    await press(page, 'button', 'Check it again');
    await page.getByRole('button', { name: 'Bring 2 appointments over' }).waitFor();
    if (!javaScriptEnabled) await choose();
    await press(page, 'button', 'Bring 2 appointments over');
    await page.getByRole('heading', { name: 'Done' }).waitFor();
    expect(await page.getByRole('main').textContent()).toMatch(/Brought over.*Brought over/s);
    expect(
      await town.ask(
        `SELECT count(*)::text FROM imported_appointment i JOIN appointment a ON a.id = i.appointment_id
        WHERE a.state = 'confirmed' AND a.channel = 'import' AND i.reference LIKE $1`,
        [`${_how} %`],
      ),
    ).toBe('2');
    expect(faults).toEqual([]);
    await context.close();
  },
);
