import { expect, it } from 'vitest';
import sharp from 'sharp';
import type { Page } from 'playwright-core';
import { answer, checkEverything, decide } from './vetting.ts';
import {
  expectSound,
  openTown,
  PASSWORD,
  person,
  press,
  pressEnter,
  shared,
  signIn,
  type Town,
} from './world.ts';

let town: Town;
shared(async () => {
  // The worker writes the letters about an application.
  town = await openTown({ entry: 'start' });
});

/** What a browser hands over: a picture with a place in its metadata, and a document. */
const picture = await sharp({ create: { width: 320, height: 200, channels: 3, background: '#dfd6c8' } })
  .withExif({ IFD0: { ImageDescription: 'Somebody’s kitchen' } })
  .jpeg()
  .toBuffer();
const pdf = Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n');

/** An account of one's own: address, letter, password, and on to where one came from. */
async function join(page: Page, name: string, email: string): Promise<void> {
  await page.goto('/work-with-us');
  await press(page, 'link', 'Begin, or go on');
  await page.waitForURL(/sign-in/);
  await press(page, 'link', 'I have no account yet');
  await page.waitForURL(/register/);
  await page.getByLabel(/name/i).first().fill(name);
  await page.getByLabel('E-mail address').fill(email);
  await pressEnter(page.getByLabel('E-mail address'));
  await page.getByRole('heading', { name: 'Check your e-mail' }).waitFor();
  const letter = await town.ask(
    `SELECT body FROM mail_message WHERE to_address = $1 ORDER BY id DESC LIMIT 1`,
    [email],
  );
  const link = new URL(/https?:\S+/.exec(letter)![0]);
  await page.goto(link.pathname + link.search);
  await page.getByLabel('Your new password').fill(PASSWORD);
  await pressEnter(page.getByLabel('Your new password'));
  await page.waitForURL(/\/application\/begin/);
}

const file = (name: string, buffer: Buffer, mimeType: string) => ({ name, buffer, mimeType });
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor();

async function today(days = 0): Promise<string> {
  return town.ask(`SELECT ((app_now() + $1 * interval '1 day')::date)::text`, [days]);
}

const latestCase = (email: string) =>
  town.ask(
    `SELECT v.id FROM vetting_case v JOIN account a ON a.id = v.subject_account_id WHERE a.email = $1 ORDER BY v.submitted_at DESC LIMIT 1`,
    [email],
  );
const isListed = async (email: string) =>
  (await town.ask(
    `SELECT count(*) FROM listing l JOIN practitioner p ON p.id = l.practitioner_id JOIN account a ON a.id = p.account_id WHERE a.email = $1`,
    [email],
  )) === '1';

const REGISTERED = {
  Registration: 'Read on the public register',
  'Right to prescribe': 'Read on the public register',
};

it('a nurse prescriber in England signs up, is sent back once with a reason, answers, and is listed by two reviewers', async () => {
  const email = 'rowan.ashdown@demo.steadyhand.example';
  const nurse = await person(town);
  const { page } = nurse;
  await page.goto('/work-with-us');
  await expectSound(page);
  await join(page, 'Rowan Ashdown', email);

  await expectSound(page);
  await page.getByLabel('England').check();
  await press(page, 'button', 'Continue');
  await heading(page, 'What is your profession?');
  // The law of the place decides who can choose what.
  expect(await page.getByLabel('Nurse practitioner').count()).toBe(0);
  await page.getByLabel('Nurse prescriber').check();
  await expectSound(page);
  await press(page, 'button', 'Continue');
  await heading(page, 'Your application');
  const applicationId = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(page.url())![0];
  await expectSound(page);

  await press(page, 'link', /^Begin/);
  await answer(page, {
    Name: 'Rowan Ashdown',
    'Last name': 'Ashdown',
    'The year you qualified': '2011',
    'Languages you speak with patients': 'English, Polish',
  });

  await heading(page, 'Registration');
  await page.getByLabel('NMC PIN').fill('12345');
  await press(page, 'button', 'Save and continue');
  await page.getByText('Enter your NMC PIN as it is printed').first().waitFor();
  expect(await page.getByLabel('NMC PIN').inputValue()).toBe('12345');
  await answer(page, { 'NMC PIN': '41a2345n', 'The day it has to be renewed': await today(500) });
  await heading(page, 'Right to prescribe');
  // The same register has lent its number.
  expect(await page.getByLabel('NMC PIN').inputValue()).toBe('41A2345N');
  await answer(page, { 'How the register words it': 'Nurse independent prescriber (V300)' });

  await heading(page, 'Training in this treatment');
  await page
    .getByLabel('A file that shows it')
    .setInputFiles(file('certificate.pdf', Buffer.from('<html>'), 'application/pdf'));
  const course = {
    'Name of the course': 'Two days of supervised practice',
    'Who taught it': 'Fenland School',
    'The day you completed it': await today(-200),
    'Hours of it': '16',
  };
  for (const [label, value] of Object.entries(course)) await page.getByLabel(label).fill(value);
  await page.getByLabel('Online, theory only').check();
  await press(page, 'button', 'Save and continue');
  // A page that calls itself a PDF is none.
  await page.getByText('That is not a file we can take').first().waitFor();
  expect(await page.getByLabel('Who taught it').inputValue()).toBe('Fenland School');
  await page.getByLabel('A file that shows it').setInputFiles(file('kitchen.jpg', picture, 'image/jpeg'));
  await page.getByLabel('It covered what to do when something goes wrong').check();
  await press(page, 'button', 'Save and continue');
  await heading(page, 'Life support');
  await page.goto(`/application/${applicationId}/credentials/toxin_training`);
  await page.getByText('Online theory alone never counts').first().waitFor();
  await answer(page, { 'Hands-on, with a supervisor beside me': true });

  await heading(page, 'Life support');
  await page.getByLabel('A file that shows it').setInputFiles(file('life.pdf', pdf, 'application/pdf'));
  await answer(page, {
    'Name of the course': 'Basic life support and anaphylaxis',
    'Who taught it': 'First Minutes Training',
    'The day you completed it': await today(-20),
  });
  await heading(page, 'Indemnity insurance');
  await page.getByLabel('A file that shows it').setInputFiles(file('policy.pdf', pdf, 'application/pdf'));
  await answer(page, {
    Insurer: 'Harbour Mutual',
    'Policy number': 'HM-100200',
    'Begins on': await today(-20),
    'Ends on': await today(300),
    'It names this work': true,
  });

  await heading(page, 'Where you see people');
  await answer(page, {
    'Clinic or practice': 'Ashdown Rooms',
    'Telephone number of its desk': '01632 960321',
    'Building and street': '4 Mill Lane',
    'Town or city': 'Leeds',
    Postcode: 'ls1 4ap',
  });
  await heading(page, 'The first talk');
  await answer(page, { 'Fee for the first talk, in GBP': '40', 'Minutes you take for it': '30' });

  await heading(page, 'Your page');
  await page.getByLabel('One line about how you work').fill('Gentle Botox with a light hand');
  await page.getByLabel('About you').fill('I listen first.');
  await page.getByLabel('Frown lines').check();
  await press(page, 'button', 'Save and continue');
  await page.getByText('Public pages cannot say “Botox”').first().waitFor();
  expect(await page.getByLabel('About you').inputValue()).toBe('I listen first.');
  await answer(page, { 'One line about how you work': 'Calm, unhurried first talks' });

  await heading(page, 'Out of hours, and records');
  await answer(page, {
    'Who answers out of hours': 'Dr Ines Holloway',
    'Their telephone number': '07700 900456',
    'Who would keep the records': 'Northgate Records',
  });
  await heading(page, 'Check your answers');
  await expectSound(page);
  await page.getByLabel('This is true, and I may be asked about it').check();
  await press(page, 'button', 'Send to the reviewers');
  await page.getByText('Being checked').waitFor();
  await expectSound(page);

  // Nothing can be changed under the reviewers, nor read by anybody else.
  await page.goto(`/application/${applicationId}/cover`);
  expect(new URL(page.url()).pathname).toBe(`/application/${applicationId}`);
  const photo = await town.ask(
    `SELECT f.id FROM evidence_file f JOIN credential k ON k.id = f.credential_id JOIN practitioner p ON p.id = k.practitioner_id
         JOIN account a ON a.id = p.account_id
        WHERE a.email = $1 AND f.media_type = 'image/jpeg' AND k.withdrawn_at IS NULL ORDER BY f.added_at DESC LIMIT 1`,
    [email],
  );
  const own = await page.request.get(`/evidence/${photo}`);
  expect([own.status(), own.headers()['content-type'], own.headers()['content-security-policy']]).toEqual([
    200,
    'image/jpeg',
    "default-src 'none'; sandbox",
  ]);
  expect((await sharp(await own.body()).metadata()).exif).toBeUndefined();

  const checker = await person(town);
  const decider = await person(town);
  await signIn(checker.page, 'reviewer.one@demo.steadyhand.example');
  await signIn(decider.page, 'reviewer.two@demo.steadyhand.example');
  const first = await latestCase(email);
  await checker.page.goto('/staff/vetting');
  await expectSound(checker.page);
  await press(checker.page, 'link', 'Rowan Ashdown');
  await checker.page.waitForURL(/\/staff\/vetting\/.+/);
  await checker.page.getByText('kitchen.jpg').first().press('Enter');
  await checker.page.locator('details[open] img').waitFor();
  await expectSound(checker.page);
  const readBy = await town.ask(
    `SELECT a.email FROM audit t JOIN account a ON a.id = t.actor_id WHERE t.action = 'evidence.read' AND t.subject_id = $1 LIMIT 1`,
    [photo],
  );
  expect(readBy).toBe('reviewer.one@demo.steadyhand.example');

  await checkEverything(checker.page, first, REGISTERED);
  await decide(
    decider.page,
    first,
    'Do not approve',
    'The certificate shows a kitchen. Please send the certificate itself.',
  );
  expect(await isListed(email)).toBe(false);

  await page.goto('/application');
  await page.getByText('The certificate shows a kitchen').waitFor();
  await expectSound(page);
  await page.goto(`/application/${applicationId}/credentials/toxin_training`);
  await page.getByLabel('Another file').setInputFiles(file('certificate.pdf', pdf, 'application/pdf'));
  await press(page, 'button', 'Save and continue');
  await heading(page, 'Check your answers');
  await page
    .getByLabel('Your answer')
    .fill('Sorry, that was the wrong picture. The certificate is there now.');
  await page.getByLabel('This is true, and I may be asked about it').check();
  await press(page, 'button', 'Send to the reviewers');
  await page.getByText('Being checked').waitFor();

  const second = await latestCase(email);
  expect(second).not.toBe(first);
  await checker.page.goto(`/staff/vetting/${second}`);
  await checker.page.getByText('Was not approved before').waitFor();
  await checker.page.getByText('Sorry, that was the wrong picture').first().waitFor();
  await checkEverything(checker.page, second, REGISTERED);
  await decide(decider.page, second, 'Approve', 'The register and every issuer have confirmed it.');
  await expectSound(decider.page);
  expect(await isListed(email)).toBe(true);

  await page.goto('/application');
  await page.getByText('You are listed').waitFor();
  await expectSound(page);
  await press(page, 'link', 'Your public page');
  await page.getByRole('heading', { level: 1, name: /Rowan Ashdown/ }).waitFor();
  await expectSound(page);
  await expect
    .poll(() => town.ask(`SELECT string_agg(subject, '; ') FROM mail_message WHERE to_address = $1`, [email]))
    .toContain('Your application is decided');
  expect([...nurse.faults, ...checker.faults, ...decider.faults]).toEqual([]);
});

it('an esthetician in Texas signs up, is checked by two people, and is listed once a prescriber has agreed', async () => {
  const email = 'marisol.vega@demo.steadyhand.example';
  // The same pages were judged above; this road is walked without JavaScript, which the judge needs.
  const esthetician = await person(town, { javaScriptEnabled: false });
  const asIs = () => Promise.resolve();
  const { page } = esthetician;
  await join(page, 'Marisol Vega', email);
  await page.getByLabel('Texas').check();
  await press(page, 'button', 'Continue');
  await heading(page, 'What is your profession?');
  // Dentists may not do this in Texas.
  expect(await page.getByLabel('Dentist').count()).toBe(0);
  await page.getByLabel('Esthetician').check();
  await press(page, 'button', 'Continue');
  await heading(page, 'Your application');
  await page.getByText('No prescriber has agreed yet').waitFor();
  await press(page, 'link', /^Begin/);
  await answer(
    page,
    {
      Name: 'Marisol Vega',
      'Last name': 'Vega',
      'The year you qualified': '2016',
      'Languages you speak with patients': 'English, Spanish',
    },
    asIs,
  );
  await heading(page, 'Registration');
  await answer(
    page,
    {
      'Texas esthetician license': '9912345',
      'The day it has to be renewed': await today(500),
    },
    asIs,
  );
  await heading(page, 'Training in this treatment');
  await page
    .getByLabel('A file that shows it')
    .setInputFiles(file('certificate.pdf', pdf, 'application/pdf'));
  await answer(
    page,
    {
      'Name of the course': 'Two days of supervised practice',
      'Who taught it': 'Pecos Clinical Academy',
      'The day you completed it': await today(-200),
      'Hours of it': '16',
      'Hands-on, with a supervisor beside me': true,
      'It covered what to do when something goes wrong': true,
    },
    asIs,
  );
  await heading(page, 'Life support');
  await page.getByLabel('A file that shows it').setInputFiles(file('life.pdf', pdf, 'application/pdf'));
  await answer(
    page,
    {
      'Name of the course': 'Basic life support',
      'Who taught it': 'Ready Hands CPR',
      'The day you completed it': await today(-20),
    },
    asIs,
  );
  await heading(page, 'Indemnity insurance');
  await page.getByLabel('A file that shows it').setInputFiles(file('policy.pdf', pdf, 'application/pdf'));
  await answer(
    page,
    {
      Insurer: 'Caprock Professional Liability',
      'Policy number': 'CP-100200',
      'Begins on': await today(-20),
      'Ends on': await today(300),
      'It names this work': true,
    },
    asIs,
  );
  await heading(page, 'Where you see people');
  await answer(
    page,
    {
      'Clinic or practice': 'Vega Skin Rooms',
      'Telephone number of its desk': '(915) 555-0123',
      'Building and street': '2100 Mesa Street',
      'Town or city': 'El Paso',
      Postcode: '79902',
    },
    asIs,
  );
  await heading(page, 'Your visits');
  await answer(page, { 'Minutes you take for it': '45' }, asIs);
  await heading(page, 'Your page');
  await answer(
    page,
    {
      'One line about how you work': 'A light hand and time to talk',
      'About you': 'I look after skin, and listen.',
      'Frown lines': true,
    },
    asIs,
  );
  await heading(page, 'Out of hours, and records');
  await answer(
    page,
    {
      'Who answers out of hours': 'Rafael Ybarra Montemayor',
      'Their telephone number': '(915) 555-0199',
      'Who would keep the records': 'Franklin Mountain Clinic',
    },
    asIs,
  );
  await heading(page, 'Check your answers');
  await page.getByLabel('This is true, and I may be asked about it').check();
  await press(page, 'button', 'Send to the reviewers');
  await page.getByText('Being checked').waitFor();

  const checker = await person(town, { javaScriptEnabled: false });
  const decider = await person(town, { javaScriptEnabled: false });
  await signIn(checker.page, 'reviewer.two@demo.steadyhand.example');
  await signIn(decider.page, 'reviewer.one@demo.steadyhand.example');
  const caseId = await latestCase(email);
  await checkEverything(checker.page, caseId, REGISTERED);
  await decide(decider.page, caseId, 'Approve', 'The board and every issuer have confirmed it.');
  // Approved is not listed: nobody prescribes yet.
  expect(await isListed(email)).toBe(false);

  await page.goto('/application');
  await page.getByText('You are listed as soon as a prescriber has agreed').waitFor();
  await press(page, 'link', /Answer.*Who prescribes/);
  await heading(page, 'Working together');
  await page.getByLabel('Name of the prescriber').fill('Rafael Ybarra');
  await press(page, 'button', 'Look for them');
  await page.waitForURL(/name=Rafael/);
  await press(page, 'button', /^Ask to work together/);
  await page.getByText('You have asked; no answer yet.').waitFor();

  const prescriber = await person(town);
  await signIn(prescriber.page, 'texas.prescriber@demo.steadyhand.example');
  await prescriber.page.goto('/desk/supervision');
  await prescriber.page.getByRole('heading', { name: 'Marisol Vega' }).waitFor();
  await expectSound(prescriber.page);
  await press(prescriber.page, 'button', /^Yes, work together/);
  await prescriber.page.getByText('You prescribe.').first().waitFor();
  expect(await isListed(email)).toBe(true);

  await page.goto('/application');
  await page.getByText('You are listed', { exact: true }).waitFor();
  await press(page, 'link', 'Your public page');
  await page.getByRole('heading', { level: 1, name: /Marisol Vega/ }).waitFor();

  // Either side ends it, and what stood on it ends with it.
  await prescriber.page
    .getByRole('listitem')
    .filter({ hasText: 'Marisol Vega' })
    .getByText('End this')
    .press('Enter');
  await press(prescriber.page, 'button', /^End it now.*Marisol Vega/);
  await prescriber.page.getByRole('heading', { name: 'Marisol Vega' }).waitFor({ state: 'detached' });
  expect(await isListed(email)).toBe(false);
  const told = await town.ask(
    `SELECT string_agg(to_address, ' ' ORDER BY to_address) FROM mail_message WHERE subject = 'You no longer work together'`,
  );
  expect(told.split(' ')).toEqual([email, 'texas.prescriber@demo.steadyhand.example']);
  expect([...esthetician.faults, ...checker.faults, ...decider.faults, ...prescriber.faults]).toEqual([]);
});
