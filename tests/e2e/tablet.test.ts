import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { later, passTime } from '../builders/act.ts';
import * as care from '../builders/care.ts';
import type { Patient, Practitioner } from '../builders/people.ts';
import { begin } from '../builders/visits.ts';
import { goAbroad, type Abroad } from './abroad.ts';
import { stateOf } from './road-steps.ts';
import { openTown, person, shared, type Town } from './world.ts';

/** A tablet lying on the desk. */
const TABLET = { viewport: { width: 1024, height: 768 }, hasTouch: true };

let town: Town;
let leeds: Abroad;
let doctor: Practitioner;
let patient: Patient;
shared(async () => {
  town = await openTown();
  leeds = await goAbroad(town, 'england');
  doctor = await leeds.practitioner('doctor');
  patient = await leeds.patient();
});

/** Where a place on the face is on the glass; `x` and `y` are those of a record. */
async function onGlass(page: Page, [x, y]: readonly [number, number]) {
  const drawing = page.locator('form svg.placing, form .drawing svg').first();
  await drawing.scrollIntoViewIfNeeded();
  const box = (await drawing.boundingBox())!;
  const [, top, , height] = (await drawing.getAttribute('viewBox'))!.split(' ').map(Number);
  return { x: box.x + x * box.width, y: box.y + ((10 + y * 440 - top!) / height!) * box.height };
}
/**
 * A finger put down, drawn over the glass by these places, and lifted. All of it is sent in one go: between a touch and
 * what follows it a busy machine would let so much time pass that the browser takes it for a long press.
 */
async function touch(page: Page, places: readonly { x: number; y: number }[]): Promise<void> {
  const finger = await page.context().newCDPSession(page);
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: { x: number; y: number }[]) =>
    finger.send('Input.dispatchTouchEvent', { type, touchPoints });
  const [start, ...rest] = places;
  await Promise.all([
    send('touchStart', [start!]),
    ...rest.map((place) => send('touchMove', [place])),
    send('touchEnd', []),
  ]);
  await finger.detach();
}

async function tapFace(page: Page, place: readonly [number, number]): Promise<void> {
  await touch(page, [await onGlass(page, place)]);
}

async function drag(
  page: Page,
  from: readonly [number, number],
  to: readonly [number, number],
): Promise<void> {
  const start = await onGlass(page, from);
  const end = await onGlass(page, to);
  const between = (part: number) => ({
    x: start.x + (end.x - start.x) * part,
    y: start.y + (end.y - start.y) * part,
  });
  await touch(page, [0, 0.25, 0.5, 0.75, 1].map(between));
}

/** Taps what stands still and can be tapped, in its middle. */
async function tap(target: Locator): Promise<void> {
  await target.tap({ trial: true });
  const { x, y, width, height } = (await target.boundingBox())!;
  await touch(target.page(), [{ x: x + width / 2, y: y + height / 2 }]);
}

/** Taps a box or a choice. */
async function tick(target: Locator): Promise<void> {
  await tap(target);
  await expect.poll(() => target.isChecked()).toBe(true);
}

const isFocused = (field: Locator) => field.evaluate((field) => field === document.activeElement);

const fits = (page: Page) =>
  page.evaluate<boolean>('document.documentElement.scrollWidth <= window.innerWidth');

async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.PICTURES;
  if (folder) await page.screenshot({ path: join(folder, `${name}-1024-touch.png`), fullPage: true });
}

it('a consultation is written by touch, a finding marked on the face, and signed', async () => {
  await care.answerHealth(leeds.db, patient);
  const visit = await begin(leeds.db, { kind: 'consultation', patient, who: doctor, where: leeds.where });
  const { page, context, faults } = await person(town, TABLET);
  await leeds.signIn(page, doctor);
  await page.goto(`/desk/appointments/${visit.id}/consultation`);
  expect(await fits(page)).toBe(true);

  await tapFace(page, [0.5, 0.33]);
  const strength = page.locator('[name="face-frown_lines-strength"]');
  await expect.poll(() => isFocused(strength)).toBe(true);
  await strength.selectOption('moderate');
  for (const name of ['identitySeen', 'ageSeen', 'seenAlone', 'ownChoice'])
    await tick(page.locator(`[name=${name}]`));
  for (const choice of [
    'capacity][value=has_capacity',
    'bodyImageScreen][value=negative',
    'region][value=frown_lines',
  ])
    await tick(page.locator(`[name=${choice}]`));
  for (const [name, words] of Object.entries({
    chaperone: 'Offered, not wanted',
    examination: 'Strong, even movement.',
  })) {
    await tap(page.locator(`[name=${name}]`));
    await expect.poll(() => isFocused(page.locator(`[name=${name}]`))).toBe(true);
    await page.keyboard.insertText(words);
  }
  for (const risk of await page.locator('[name=riskTold], [name=riskAcknowledged]').all()) await tick(risk);
  await tick(page.locator('[name=outcome][value=suitable]'));
  await picture(page, 'consultation');
  await tap(page.getByRole('button', { name: 'Sign the record' }));
  await page.waitForURL(/\/prescription$/);
  expect(await stateOf(town, visit.id)).toBe('completed');
  expect(
    await town.ask(
      `SELECT face -> 'frown_lines' ->> 'strength' FROM consultation_record WHERE appointment_id = $1`,
      [visit.id],
    ),
  ).toBe('moderate');
  expect(faults).toEqual([]);
  await context.close();
});

it('points are put on the face with a finger, moved, given units, and signed', async () => {
  const { db, where } = leeds;
  await passTime(db, { hours: 2 });
  const somebody = await leeds.patient();
  const consultation = await care.consulted(db, { patient: somebody, prescriber: doctor, where });
  const consent = await care.giveConsent(db, await care.prescribe(db, consultation));
  await passTime(db, { hours: 49 });
  const treatment = await care.bookTreatment(db, consent, await later(db));
  await care.planVial(db, treatment, await care.vial(db, { where, dispensedFor: somebody }));
  await care.startTreatment(db, treatment);

  const { page, faults } = await person(town, TABLET);
  await leeds.signIn(page, doctor);
  await page.goto(`/desk/appointments/${treatment.id}/treatment`);
  expect(await fits(page)).toBe(true);

  const value = (index: number, part: string) => page.locator(`[name="point-${index}-${part}"]`).inputValue();
  /** Where the finger has put a point, typing goes on with its units. */
  const typeUnits = async (index: number) => {
    await expect.poll(() => isFocused(page.locator(`[name="point-${index}-units"]`))).toBe(true);
    await page.keyboard.insertText('10');
  };
  const rows = () => page.locator('[name^="point-"][name$="-units"]').count();
  await tapFace(page, [0.46, 0.33]);
  await expect.poll(rows).toBe(1);
  expect([await value(0, 'region'), await value(0, 'side')]).toEqual(['frown_lines', 'right']);
  await typeUnits(0);

  await drag(page, [0.46, 0.33], [0.45, 0.25]);
  await expect.poll(async () => Number(await value(0, 'y'))).toBeLessThan(0.28);
  expect([await rows(), await value(0, 'region')]).toEqual([1, 'forehead_lines']);
  // The next touch is a point again, not the end of that one.
  await tapFace(page, [0.54, 0.33]);
  await expect.poll(rows).toBe(2);
  expect([await value(1, 'region'), await value(1, 'side')]).toEqual(['frown_lines', 'left']);
  await typeUnits(1);
  await picture(page, 'treatment');

  await tap(page.getByRole('button', { name: 'Sign what was given' }));
  await expect.poll(() => stateOf(town, treatment.id)).toBe('completed');
  expect(
    await town.ask(
      `SELECT string_agg(region || ' ' || side || ' ' || units::int, ', ' ORDER BY side DESC) FROM injection_point p JOIN treatment_record t ON t.id = p.treatment_id WHERE t.appointment_id = $1`,
      [treatment.id],
    ),
  ).toBe('forehead_lines right 10, frown_lines left 10');
  // The browser is closed after the file: one whose page was just left by a finger may not let go of it alone.
  expect(faults).toEqual([]);
});
