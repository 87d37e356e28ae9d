import sharp from 'sharp';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { expectSound, openTown, person, press, pressEnter, shared, signIn, type Town } from './world.ts';

let town: Town;
shared(async () => {
  town = await openTown();
});

interface Treated {
  id: string;
  practitioner: string;
  slug: string;
  patient: string;
  before: string;
  after: string;
}

/** The next treatment where the law lets everybody see pictures, and the addresses of the two people of it. */
async function treated(nth: number): Promise<Treated> {
  const { rows } = await town.owner.query<Treated>(
    `SELECT a.id, w.email AS practitioner, p.slug, m.email AS patient,
            (a.started_at - interval '2 days')::date::text AS before, (a.started_at + interval '2 days')::date::text AS after
       FROM appointment a JOIN practitioner p ON p.id = a.practitioner_id JOIN account w ON w.id = p.account_id
       JOIN patient t ON t.id = a.patient_id JOIN account m ON m.id = t.account_id
      WHERE a.kind = 'treatment' AND a.state = 'completed' AND a.jurisdiction IN ('texas', 'california', 'ontario') AND m.password_hash IS NOT NULL
        AND a.started_at < app_now() - interval '4 days' AND portfolio_lawful(a.jurisdiction, p.id) = 'public'
        AND EXISTS (SELECT FROM listing l WHERE l.practitioner_id = p.id)
        AND NOT EXISTS (SELECT FROM portfolio_case c WHERE c.practitioner_id = p.id) ORDER BY a.id OFFSET $1 LIMIT 1`,
    [nth],
  );
  return rows[0]!;
}

/** What a browser hands over: a picture of nobody, with a place in what comes with it. */
async function drawing(brows: number, size: { width: number; height: number }): Promise<Buffer> {
  const face = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 400" width="${size.width}" height="${size.height}">
    <rect width="320" height="400" fill="#dfe6e2"/><ellipse cx="160" cy="200" rx="95" ry="130" fill="#f6f1e7" stroke="#22302c" stroke-width="3"/>
    <g fill="none" stroke="#22302c" stroke-width="4" stroke-linecap="round">
    <path d="M105 ${160 - brows}Q125 ${148 - brows} 145 ${160 + brows}M215 ${160 - brows}Q195 ${148 - brows} 175 ${160 + brows}"/>
    <path d="M112 180h26M182 180h26M160 190v40M130 270q30 18 60 0"/></g></svg>`;
  sharp.unblock({ operation: ['VipsForeignLoadSvgBuffer'] });
  const grain = await sharp({
    create: { ...size, channels: 3, background: '#888', noise: { type: 'gaussian', mean: 128, sigma: 20 } },
  })
    .png()
    .toBuffer();
  return sharp(Buffer.from(face))
    .composite([{ input: grain, blend: 'soft-light' }])
    .withExif({ IFD0: { ImageDescription: 'Somebody’s kitchen' } })
    .jpeg({ quality: 96 })
    .toBuffer();
}

const file = (buffer: Buffer) => ({ name: 'picture.jpg', buffer, mimeType: 'image/jpeg' });

/** Presses the button of one use on the patient's page. */
async function answer(
  page: Page,
  treatmentId: string,
  button: RegExp,
  use: string,
  word: string,
): Promise<void> {
  await page.goto('/my-care/photos');
  const one = page.locator(`section[aria-labelledby="of-${treatmentId}"] li`, { hasText: use });
  const target = one.getByRole('button', { name: button });
  await pressEnter(target);
  await one.locator('strong', { hasText: word }).waitFor();
}

async function ask(page: Page, treatmentId: string, ...uses: string[]): Promise<void> {
  await page.goto('/desk/portfolio');
  const one = page.locator('li', { has: page.locator(`input[value="${treatmentId}"]`) }).last();
  await one.locator('summary').press('Enter');
  for (const use of uses) {
    await one.getByLabel(use).focus();
    await page.keyboard.press('Space');
  }
  await pressEnter(one.getByRole('button', { name: /^Ask/ }));
  await page.getByText('Asked; no answer yet').first().waitFor();
}

const PUBLIC = 'On the practitioner’s public page';

it('a patient agrees, a case is framed, sent, approved and seen by everybody, and goes with one press', async () => {
  const visit = await treated(0);
  const practitioner = await person(town);
  const patient = await person(town);
  const reviewer = await person(town);
  const visitor = await person(town);
  await signIn(practitioner.page, visit.practitioner);
  await signIn(patient.page, visit.patient);
  await signIn(reviewer.page, 'reviewer.one@demo.steadyhand.example');

  await patient.page.goto('/my-care/photos');
  await patient.page.getByText('Nobody has asked').waitFor();
  const desk = practitioner.page;
  await desk.goto('/desk');
  await pressEnter(desk.getByRole('link', { name: 'Your profile', exact: true }));
  await pressEnter(desk.getByRole('link', { name: 'Portfolio', exact: true }));
  await desk.getByRole('heading', { level: 1, name: 'Portfolio' }).waitFor();
  await ask(desk, visit.id, 'For your record', PUBLIC);
  await expectSound(desk);

  await patient.page.goto('/my-care');
  await press(patient.page, 'link', 'Pictures of you');
  await patient.page.getByRole('heading', { level: 1, name: 'Pictures of you' }).waitFor();
  await expectSound(patient.page);
  await answer(patient.page, visit.id, /^No/, 'For your record', 'No');
  await answer(patient.page, visit.id, /^Yes, I agree/, PUBLIC, 'Yes');

  await desk.goto(`/desk/portfolio/new/${visit.id}`);
  await press(desk, 'button', 'Save and add pictures');
  await desk.getByText('Say that the pictures are unaltered').first().waitFor();
  await desk.getByLabel('The day of the first picture').fill(visit.before);
  await desk.getByLabel('The day of the second picture').fill(visit.after);
  await desk.getByLabel('Frown lines').check();
  await desk.getByLabel('What the patient asked for').fill('To look less cross when she is not.');
  await desk.getByLabel('Why you did it so').fill('A little Botox on each side.');
  await desk.getByLabel(/The pictures are unaltered/).check();
  await press(desk, 'button', 'Save and add pictures');
  await desk.getByText('Public pages cannot say “Botox”').first().waitFor();
  await desk.getByLabel('Why you did it so').fill('A little on each side, so that her brows still move.');
  await expectSound(desk);
  await press(desk, 'button', 'Save and add pictures');
  await desk.getByRole('heading', { level: 1, name: /Frown lines/ }).waitFor();
  const caseId = new URL(desk.url()).pathname.split('/').at(-1)!;
  await expectSound(desk);

  // A large picture, cut off after its first piece; what has arrived is not sent again.
  const first = await drawing(5, { width: 2800, height: 3500 });
  expect(first.length).toBeGreaterThan(3 * 512 * 1024);
  await desk.goto(`/desk/portfolio/${caseId}/before`);
  const at: number[] = [];
  await desk.route('**/api/v1/portfolio/uploads/**', async (route) => {
    const request = route.request();
    if (request.method() !== 'PATCH') return route.continue();
    at.push(Number(new URL(request.url()).searchParams.get('at')));
    return at.length === 2 ? route.abort() : route.continue();
  });
  await desk.getByLabel('Choose a picture').setInputFiles(file(first));
  await desk.getByRole('button', { name: 'Send the picture' }).press('Enter');
  await desk.getByText('The connection broke').waitFor();
  await desk.getByRole('button', { name: 'Go on' }).press('Enter');
  await desk.getByRole('heading', { name: 'What is shown of it' }).waitFor();
  expect(at.slice(0, 3)).toEqual([0, 512 * 1024, 512 * 1024]);
  expect(new Set(at).size).toBe(Math.ceil(first.length / (512 * 1024)));

  // Something that is no picture says so, in words.
  await desk.goto(`/desk/portfolio/${caseId}/after`);
  await desk.getByLabel('Choose a picture').setInputFiles({ ...file(Buffer.from('<svg onload="x"/>')) });
  await desk.getByRole('button', { name: 'Send the picture' }).press('Enter');
  await desk.getByText('That is not a picture we can take').first().waitFor();
  await desk
    .getByLabel('Choose a picture')
    .setInputFiles(file(await drawing(0, { width: 1200, height: 1200 })));
  await desk.getByRole('button', { name: 'Send the picture' }).press('Enter');
  await desk.getByRole('heading', { name: 'What is shown of it' }).waitFor();
  await desk.getByLabel('A part, with the framing below').focus();
  await desk.keyboard.press('Space');
  const size = desk.getByLabel('How much of it, in per cent');
  await size.focus();
  for (let step = 0; step < 10; step++) await desk.keyboard.press('ArrowLeft');
  expect(await size.inputValue()).toBe('90');
  await expectSound(desk);
  await press(desk, 'button', 'Save this framing');
  await desk.getByRole('heading', { name: 'As it is shown' }).waitFor();
  await expectSound(desk);
  await press(desk, 'button', 'Send to the reviewers');
  await desk.getByText('With a reviewer').waitFor();

  await visitor.page.goto(`/practitioners/${visit.slug}`);
  expect(await visitor.page.getByText('before and after').count()).toBe(0);

  await reviewer.page.goto('/staff/vetting');
  await press(reviewer.page, 'link', 'Portfolio cases');
  await reviewer.page.getByRole('heading', { level: 1, name: 'Portfolio cases' }).waitFor();
  await expectSound(reviewer.page);
  await press(reviewer.page, 'link', /Frown lines/);
  await reviewer.page.getByRole('heading', { name: 'Your decision' }).waitFor();
  await press(reviewer.page, 'button', 'Send it back');
  await reviewer.page.getByText('Write what has to change').first().waitFor();
  await expectSound(reviewer.page);
  await press(reviewer.page, 'button', 'Approve');
  await reviewer.page.getByText('Nothing waits for you').waitFor();

  await visitor.page.goto(`/practitioners/${visit.slug}`);
  const shown = visitor.page.locator('section[aria-labelledby="cases"]');
  await shown.getByText('They asked for:').waitFor();
  await shown.scrollIntoViewIfNeeded();
  await expectSound(visitor.page);
  await press(visitor.page, 'link', 'Slide between before and after');
  await visitor.page.waitForURL(/\/pictures$/);
  await expectSound(visitor.page);
  const pictures = visitor.page.getByRole('main');
  const slide = pictures.getByRole('button', { name: /^Slide between them/ }).first();
  await slide.focus();
  await slide.press('Enter');
  const slider = pictures.getByRole('slider');
  await slider.focus();
  await visitor.page.keyboard.press('ArrowRight');
  expect(await slider.inputValue()).toBe('51');
  expect(await slider.getAttribute('aria-valuetext')).toBe('51 per cent before');
  await visitor.page.keyboard.press('Home');
  const clip = `getComputedStyle(document.querySelector('.compare .top')).clipPath`;
  await expect
    .poll(async () => String(await visitor.page.evaluate(clip)))
    .toMatch(/inset\(0(px)? (100%|calc)/);
  await expectSound(visitor.page);
  const address = await pictures.locator('picture img').first().getAttribute('src');
  const picture = await visitor.page.request.get(address!);
  expect([picture.status(), picture.headers()['cache-control']]).toEqual([200, 'private, no-cache']);
  expect((await sharp(await picture.body()).metadata()).exif).toBeUndefined();

  await answer(patient.page, visit.id, /^Take it back/, PUBLIC, 'Taken back');
  await expectSound(patient.page);
  expect((await visitor.page.request.get(address!)).status()).toBe(404);
  await visitor.page.reload();
  expect(await visitor.page.getByText('They asked for:').count()).toBe(0);
  const faults = [practitioner, patient, reviewer, visitor].flatMap((one) => one.faults);
  expect(faults.filter((fault) => !fault.includes('ERR_FAILED'))).toEqual([]);
});

it('all of it works without JavaScript, with whole pictures beside each other', async () => {
  const visit = await treated(5);
  const plain = { javaScriptEnabled: false, viewport: { width: 360, height: 740 } };
  const practitioner = await person(town, plain);
  const patient = await person(town, plain);
  const visitor = await person(town, plain);
  await signIn(practitioner.page, visit.practitioner);
  await signIn(patient.page, visit.patient);
  const desk = practitioner.page;
  await ask(desk, visit.id, PUBLIC);
  await answer(patient.page, visit.id, /^Yes, I agree/, PUBLIC, 'Yes');

  await desk.goto(`/desk/portfolio/new/${visit.id}`);
  await desk.getByLabel('The day of the first picture').fill(visit.before);
  await desk.getByLabel('The day of the second picture').fill(visit.after);
  await desk.getByLabel('Forehead lines').check();
  await desk.getByLabel('What the patient asked for').fill('To look rested on a Monday.');
  await desk
    .getByLabel('Why you did it so')
    .fill('Little, and high up, so that the brows stay where they are.');
  await desk.getByLabel(/The pictures are unaltered/).check();
  await press(desk, 'button', 'Save and add pictures');
  await desk.getByRole('heading', { level: 1, name: /Forehead lines/ }).waitFor();
  const caseId = new URL(desk.url()).pathname.split('/').at(-1)!;
  for (const [side, brows] of [
    ['before', 5],
    ['after', 0],
  ] as const) {
    await desk.goto(`/desk/portfolio/${caseId}/${side}`);
    await desk
      .getByLabel('Choose a picture')
      .setInputFiles(file(await drawing(brows, { width: 640, height: 500 })));
    await press(desk, 'button', 'Send the picture');
    await desk.getByRole('heading', { name: 'What is shown of it' }).waitFor();
  }
  await desk.goto(`/desk/portfolio/${caseId}`);
  await press(desk, 'button', 'Send to the reviewers');
  await desk.getByText('With a reviewer').waitFor();
  const reviewer = await person(town, plain);
  await signIn(reviewer.page, 'reviewer.two@demo.steadyhand.example');
  await reviewer.page.goto(`/staff/portfolio/${caseId}`);
  await press(reviewer.page, 'button', 'Approve');
  await reviewer.page.getByText('Nothing waits for you').waitFor();

  await visitor.page.goto(`/practitioners/${visit.slug}`);
  const shown = visitor.page.locator('section[aria-labelledby="cases"]');
  expect(await shown.getByRole('img', { name: /^(Before|After): Forehead lines/ }).count()).toBe(2);
  expect(await shown.getByRole('button').count()).toBe(0);
  // Uncut: the picture is wider than its frame, which shows its ground above and below.
  const source = await shown.locator('picture img').first().getAttribute('src');
  const { data, info } = await sharp(await (await visitor.page.request.get(source!)).body())
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect([info.width, info.height]).toEqual([960, 1200]);
  expect(
    [...data.subarray(0, 3)].every((value, index) => Math.abs(value - [233, 235, 231][index]!) < 6),
  ).toBe(true);
  expect([...practitioner.faults, ...patient.faults, ...reviewer.faults, ...visitor.faults]).toEqual([]);
});
