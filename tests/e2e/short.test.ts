import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectSound, openTown, person, press, shared, signIn, type Town } from './world.ts';

const PATIENT = 'patient@demo.steadyhand.example';
/** A pair that signs nothing for anybody: of this test alone. */
const PUSH = {
  VAPID_PUBLIC_KEY: 'BPp5XQhJ7Fq0tq2Cw0zT0hJ9mY0y5o1oX0X7m3l6mEw2k7h1m5Jr2dY4xkqQyJv5d3Gq3o4yN1w8C0n6h5p1o2k',
  VAPID_PRIVATE_KEY: 'x0kq1v6s9b3n7m2c5f8j4h1g0d6a9s3k7l2p5o8i1u4',
};

let town: Town;
const texts: string[] = [];
const gateway = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
  request.on('end', () => {
    const { to, text } = JSON.parse(body) as { to: string; text: string };
    if (to.endsWith('0000')) return response.writeHead(400).end();
    texts.push(text);
    response.writeHead(202).end();
  });
});
beforeAll(async () => {
  await new Promise<void>((resolve) => void gateway.listen(0, '127.0.0.1', resolve));
});
shared(async () => {
  const { port } = gateway.address() as AddressInfo;
  town = await openTown({
    env: { SMS_URL: `http://127.0.0.1:${port}/`, SMS_SECRET: 's'.repeat(40), ...PUSH },
  });
});
afterAll(async () => {
  await new Promise((resolve) => gateway.close(resolve));
});

it.each([
  ['with JavaScript', true],
  ['without JavaScript', false],
])('somebody gives a number, confirms it and has it forgotten, %s', async (_how, javaScriptEnabled) => {
  const { page, context, faults } = await person(town, { javaScriptEnabled });
  const sound = () => (javaScriptEnabled ? expectSound(page) : undefined);
  await signIn(page, PATIENT);
  await page.goto('/account/messages');
  await press(page, 'link', 'by text message or notification');
  await page.waitForURL('/account/messages/short');
  await sound();
  const give = async (number: string) => {
    await page.getByLabel('Your mobile number').fill(number);
    await press(page, 'button', 'Send me a code');
  };
  await give('07700 900123');
  await page.getByText('Enter the number with its country').first().waitFor();
  expect(await page.getByLabel('Your mobile number').inputValue()).toBe('07700 900123');
  await sound();
  await give('+44 7700 900000');
  await page.getByText('No text message could be sent to that number').first().waitFor();
  await give('+44 (7700) 900-123');
  await page.getByText('A code is on its way').waitFor();
  await sound();
  await page.getByLabel('Code from the text message').fill('12345');
  await press(page, 'button', 'Confirm the number');
  await page.getByText('The code has six digits').first().waitFor();
  await page.getByLabel('Code from the text message').fill(/\d{6}/.exec(texts.at(-1)!)![0]);
  await press(page, 'button', 'Confirm the number');
  await page.getByText('They go to the number that ends in 123.').waitFor();
  await sound();
  await press(page, 'button', 'Forget this number');
  await page.getByLabel('Your mobile number').waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

it('a browser is asked after a press alone; what it cannot do is said, and it is taken off', async () => {
  const { page, context, faults } = await person(town);
  await signIn(page, PATIENT);
  await page.goto('/account/messages/short');
  await press(page, 'button', 'Notify me on this device');
  // Nobody is there to allow it.
  await page.getByText('Your browser did not allow it').waitFor();
  await town.owner.query(
    `INSERT INTO push_subscription (account_id, endpoint, p256dh, auth, device)
     SELECT id, 'https://push.example/e2e', repeat('p', 87), repeat('a', 22), 'Firefox on Windows' FROM account WHERE email = $1 ON CONFLICT DO NOTHING`,
    [PATIENT],
  );
  await page.goto('/account/messages/short');
  await page.getByText('Firefox on Windows, since').waitFor();
  await expectSound(page);
  await press(page, 'button', /^Take it off/);
  await page.waitForURL('/account/messages/short');
  expect(await page.getByText('Firefox on Windows').count()).toBe(0);
  expect(faults).toEqual([]);
  await context.close();
});
