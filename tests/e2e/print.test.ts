import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { readPdf } from '../harness/read-pdf.ts';
import { openTown, person, signIn, type Town, shared } from './world.ts';

/*
 * What people print from the screen: it has to read as a paper, whatever the screen looked like. Nothing that can only be
 * pressed, dark letters on white also for those whose screen is dark, nothing cut off at the edge of an A4 sheet; and the
 * words are there when the file is read back.
 */

const PRESCRIBER = 'prescriber@demo.steadyhand.example';
/** A4 less 18 mm at either side, in pixels of the browser. */
const SHEET = { width: 658, height: 1_000 };

let town: Town;
shared(async () => {
  town = await openTown();
});

/** What of the page would be on paper and should not be: each as words for the failure. */
const FAULTS_ON_PAPER = `(() => {
  const faults = [];
  const isSeen = (one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && one.getClientRects().length > 0;
  for (const one of document.querySelectorAll('button, nav, footer, input[type=submit], .skip, p.actions, ul.links, details > form'))
    if (isSeen(one)) faults.push('to press: ' + one.outerHTML.slice(0, 80));
  if (document.documentElement.scrollWidth > innerWidth) faults.push('wider than the sheet by ' + (document.documentElement.scrollWidth - innerWidth));
  const paint = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const lightness = (colour) => {
    paint.fillStyle = 'white';
    paint.fillRect(0, 0, 1, 1);
    paint.fillStyle = colour;
    paint.fillRect(0, 0, 1, 1);
    const [red, green, blue] = [...paint.getImageData(0, 0, 1, 1).data].map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const { parentElement: holder, data } = words.currentNode;
    if (data.trim() === '' || !isSeen(holder) || holder.closest('.visually-hidden, script, style, svg')) continue;
    // 4.5 to 1 on white.
    if (1.05 / (lightness(getComputedStyle(holder).color) + 0.05) < 4.5) faults.push('pale: ' + data.trim().slice(0, 60));
  }
  return faults;
})()`;

async function expectPaper(page: Page, path: string): Promise<void> {
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  const answer = await page.goto(path);
  expect([path, answer?.status()]).toEqual([path, 200]);
  expect([path, await page.evaluate<string[]>(FAULTS_ON_PAPER)]).toEqual([path, []]);
  const heading = (await page.locator('h1').innerText()).replace(/\s+/g, ' ');
  if (process.env.PICTURES)
    await page.screenshot({
      path: join(process.env.PICTURES, `paper${path.replaceAll('/', '_')}.png`),
      fullPage: true,
    });
  const { text, pages } = await readPdf(await page.pdf({ format: 'A4', preferCSSPageSize: true }));
  expect([path, text.includes(heading), /Sign out|Skip to/.test(text)]).toEqual([path, true, false]);
  expect(pages).toBeGreaterThan(0);
  await page.emulateMedia({ media: null, colorScheme: null });
}

/** Somebody of the demo town whom the prescriber has treated. */
async function treated() {
  const where = `FROM appointment a JOIN patient p ON p.id = a.patient_id JOIN account x ON x.id = p.account_id
      JOIN practitioner r ON r.id = a.practitioner_id JOIN account d ON d.id = r.account_id
      JOIN treatment_record t ON t.appointment_id = a.id AND t.state = 'signed'
     WHERE a.kind = 'treatment' AND x.password_hash IS NOT NULL AND d.email = '${PRESCRIBER}' ORDER BY a.id LIMIT 1`;
  return {
    email: await town.ask(`SELECT x.email ${where}`),
    patientId: await town.ask(`SELECT p.id ${where}`),
    visitId: await town.ask(`SELECT a.id ${where}`),
    consultationId: await town.ask(`SELECT a.consultation_id ${where}`),
    seenAt: await town.ask(
      `SELECT (SELECT appointment_id FROM consultation_record WHERE id = a.consultation_id) ${where}`,
    ),
  };
}

describe('on paper', () => {
  it('what anybody may print', { timeout: 120_000 }, async () => {
    const { page, faults } = await person(town, { viewport: SHEET });
    const slug = await town.ask(
      `SELECT r.slug FROM practitioner r JOIN account d ON d.id = r.account_id WHERE d.email = '${PRESCRIBER}'`,
    );
    for (const path of [
      `/practitioners/${slug}`,
      `/practitioners/${slug}/checks`,
      '/how-we-check',
      '/safety-report',
      '/terms',
      '/privacy',
    ])
      await expectPaper(page, path);
    expect(faults).toEqual([]);
  });

  it('what a patient prints', { timeout: 120_000 }, async () => {
    const { email, visitId, consultationId } = await treated();
    const { page, faults } = await person(town, { viewport: SHEET });
    await signIn(page, email);
    for (const path of [
      '/my-care',
      '/my-care/record',
      `/my-care/appointments/${visitId}`,
      `/my-care/consultations/${consultationId}`,
    ])
      await expectPaper(page, path);
    expect(faults).toEqual([]);
  });

  it('what a prescriber prints', { timeout: 120_000 }, async () => {
    const { patientId, visitId, seenAt } = await treated();
    const { page, faults } = await person(town, { viewport: SHEET });
    await signIn(page, PRESCRIBER);
    for (const path of [
      '/desk/day-sheet',
      `/desk/patients/${patientId}`,
      `/desk/appointments/${seenAt}/consultation`,
      `/desk/appointments/${visitId}`,
    ])
      await expectPaper(page, path);
    expect(faults).toEqual([]);
  });

  it('the rules, as an operator prints them', { timeout: 120_000 }, async () => {
    const { page, faults } = await person(town, { viewport: SHEET });
    await signIn(page, 'operator@demo.steadyhand.example');
    for (const path of ['/staff/policy', '/staff/safety']) await expectPaper(page, path);
    expect(faults).toEqual([]);
  });
});
