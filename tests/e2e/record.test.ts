import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { readPdf } from '../harness/read-pdf.ts';
import { expectSound, openTown, person, press, shared, signIn, type Town } from './world.ts';

const PRESCRIBER = 'prescriber@demo.steadyhand.example';

let town: Town;
shared(async () => {
  town = await openTown();
});

/** Somebody whom the prescriber of the demo has treated, with an account to sign in with. */
async function treated() {
  const where = `FROM appointment a JOIN patient p ON p.id = a.patient_id JOIN account x ON x.id = p.account_id
      JOIN practitioner r ON r.id = a.practitioner_id JOIN account d ON d.id = r.account_id
      JOIN treatment_record t ON t.appointment_id = a.id AND t.state = 'signed'
     WHERE a.kind = 'treatment' AND x.password_hash IS NOT NULL AND d.email = '${PRESCRIBER}' ORDER BY a.id LIMIT 1`;
  return {
    email: await town.ask(`SELECT x.email ${where}`),
    patientId: await town.ask(`SELECT p.id ${where}`),
    visitId: await town.ask(`SELECT a.id ${where}`),
    prescriptionId: await town.ask(`SELECT a.prescription_id ${where}`),
    cardCode: await town.ask(`SELECT (SELECT code FROM document_code WHERE treatment_id = t.id) ${where}`),
    rxCode: await town.ask(
      `SELECT (SELECT code FROM document_code WHERE prescription_id = a.prescription_id) ${where}`,
    ),
  };
}

async function open(page: Page, path: string) {
  const answer = await page.request.get(path);
  expect([path, answer.status(), answer.headers()['content-type']]).toEqual([path, 200, 'application/pdf']);
  return readPdf(await answer.body());
}

it('a patient reads the record, prints it, and shows it to somebody by a link', async () => {
  const { email, patientId, visitId, prescriptionId } = await treated();
  const patient = await person(town);
  await signIn(patient.page, email);
  await patient.page.goto('/my-care');
  await press(patient.page, 'link', 'Your record, to read, print and share');
  await patient.page.getByRole('heading', { name: 'Who has looked' }).waitFor();
  await expectSound(patient.page);

  for (const paper of [
    `treatment-card/${visitId}`,
    `aftercare/${visitId}`,
    `start-check/${visitId}`,
    `gp-letter/${visitId}`,
  ])
    expect((await open(patient.page, `/documents/${paper}`)).isTagged).toBe(true);
  const rx = await open(patient.page, `/documents/prescription/${prescriptionId}`);
  expect((await open(patient.page, `/documents/record/${patientId}`)).pages).toBeGreaterThan(0);
  const fhir = await patient.page.request.get(`/documents/fhir/${patientId}`);
  expect(fhir.headers()['content-type']).toContain('application/fhir+json');

  // What the square on the prescription leads to, opened by somebody without an account.
  const visitor = await person(town);
  await visitor.page.goto(rx.codes[0]!.replace(/^https?:\/\/[^/]+/, ''));
  await visitor.page.getByText('Initials of the patient').waitFor();
  await expectSound(visitor.page);

  await press(patient.page, 'link', 'Show it to somebody else');
  await expectSound(patient.page);
  await patient.page.getByLabel('For whom?').fill('Dr Haddad');
  await press(patient.page, 'button', 'Make the link');
  await patient.page.getByText('Choose at least one part').first().waitFor();
  expect(await patient.page.getByLabel('For whom?').inputValue()).toBe('Dr Haddad');
  await expectSound(patient.page);
  await patient.page.getByLabel('Treatments and review visits').check();
  await patient.page.getByLabel('A week').check();
  await press(patient.page, 'button', 'Make the link');
  const link = await patient.page.locator('.link code').innerText();

  await visitor.page.goto(new URL(link).pathname);
  await expectSound(visitor.page);
  const reader = await person(town, { javaScriptEnabled: false });
  await reader.page.goto(new URL(link).pathname);
  await press(reader.page, 'button', 'Open the record');
  await reader.page.getByText('Write your name').first().waitFor();
  await reader.page.getByLabel('Your name').fill('Noor Haddad');
  await reader.page.getByLabel('Where you work').fill('Northgate Hospital');
  await press(reader.page, 'button', 'Open the record');
  await reader.page.getByRole('heading', { name: 'What happened' }).waitFor();
  expect(await reader.page.getByRole('heading', { name: /^Consultation,/ }).count()).toBe(0);
  await visitor.page.goto(new URL(reader.page.url()).pathname);
  await expectSound(visitor.page);

  await patient.page.goto('/my-care/record/sharing');
  await patient.page.getByText(/Noor Haddad, Northgate Hospital/).waitFor();
  await expectSound(patient.page);
  await press(patient.page, 'button', /^End it now/);
  expect((await reader.page.reload())!.status()).toBe(404);
  await patient.page.goto('/my-care/record');
  await patient.page.getByText('Read what you shared by link').first().waitFor();
  await expectSound(patient.page);

  for (const { faults } of [patient, visitor, reader]) expect(faults).toEqual([]);
});

it('a clinician opens a card by its code, and a practitioner makes a file', async () => {
  const { cardCode, patientId, rxCode } = await treated();
  const clinician = await person(town);
  await clinician.page.goto('/emergency-card');
  await expectSound(clinician.page);
  await clinician.page.getByLabel('The code on the card').fill('12');
  await press(clinician.page, 'button', 'Open the card');
  await clinician.page
    .getByText(/The code has five groups of four/)
    .first()
    .waitFor();
  expect(await clinician.page.getByLabel('The code on the card').inputValue()).toBe('12');
  await expectSound(clinician.page);
  await clinician.page.getByLabel('The code on the card').fill(cardCode.replace(/.{4}/g, '$& '));
  await clinician.page.getByLabel('Your name').fill('Sam Ortega');
  await clinician.page.getByLabel('Where you work').fill('Emergency department');
  await press(clinician.page, 'button', 'Open the card');
  await clinician.page.getByText('In all').waitFor();
  await expectSound(clinician.page);

  await clinician.page.goto('/verify');
  await expectSound(clinician.page);
  await clinician.page.getByLabel('The code on the prescription').fill('0000');
  await press(clinician.page, 'button', 'Check it');
  await clinician.page.getByText('No prescription has this code').waitFor();
  await clinician.page.goto(`/verify?code=${rxCode.toLowerCase()}`);
  await clinician.page.getByText('Written on').waitFor();

  const prescriber = await person(town);
  await signIn(prescriber.page, PRESCRIBER);
  await prescriber.page.goto('/desk/patients');
  await expectSound(prescriber.page);
  await prescriber.page.goto(`/desk/patients/${patientId}`);
  await expectSound(prescriber.page);
  await press(prescriber.page, 'link', 'File for an insurer or a regulator');
  await expectSound(prescriber.page);
  await press(prescriber.page, 'button', 'Make the file');
  await prescriber.page.getByText('Choose for whom it is').first().waitFor();
  await expectSound(prescriber.page);
  await prescriber.page.getByLabel('An insurer').check();
  await prescriber.page.getByLabel('Who gets it').fill('Acme Mutual');
  await prescriber.page.getByLabel('Why').fill('A claim about an uneven brow has been made.');
  await press(prescriber.page, 'button', 'Make the file');
  const file = prescriber.page.getByRole('link', { name: /^An insurer: Acme Mutual/ });
  await file.waitFor();
  expect((await open(prescriber.page, (await file.getAttribute('href'))!)).text).toContain('uneven brow');
  await expectSound(prescriber.page);

  for (const { faults } of [clinician, prescriber]) expect(faults).toEqual([]);
});
