import { describe, expect, it } from 'vitest';
import { expectSound, openTown, PATIENCE_MS, person, press, pressEnter, shared, type Town } from './world.ts';

let town: Town;
shared(async () => {
  // With the worker in it, who writes the letters.
  town = await openTown({ entry: 'start' });
});

describe.each([
  ['with JavaScript', true],
  ['without JavaScript', false],
])('somebody new books a consultation by keyboard, %s', (_how, javaScriptEnabled) => {
  it('from the first page to My care', async () => {
    const { page, context, faults } = await person(town, { javaScriptEnabled });
    const email = `new.${javaScriptEnabled ? 'js' : 'plain'}@visitors.example`;

    await page.goto('/');
    await page.getByLabel('Town or city').fill('London');
    await pressEnter(page.getByLabel('Town or city'));
    await page.waitForURL(/\/search\?/);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toMatch(
      /^\d+ practitioners near London$/,
    );

    await page.goto('/practitioners/amara-okafor-bell');
    // A day far enough ahead: closer to it, the clinic changes the time by telephone.
    const day = page.getByRole('main').locator('details').nth(4);
    await day.locator('summary').focus();
    await page.keyboard.press('Enter');
    await day
      .locator('a.time')
      .nth(javaScriptEnabled ? 0 : 3)
      .focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/book\?/);

    // Nothing typed is lost, and the error stands beside the field.
    await page.getByLabel('Day').fill('31');
    await page.getByLabel('Month').fill('2');
    await page.getByLabel('Year').fill('1988');
    await pressEnter(page.getByLabel('Year'));
    await page.getByRole('alert').waitFor();
    expect(await page.getByLabel('Day').inputValue()).toBe('31');
    await page.getByLabel('Day').fill('5');
    await pressEnter(page.getByLabel('Day'));
    await page.waitForURL(/\/you/);

    await page.getByLabel('First name').fill('Noor');
    await page.getByLabel('Last name').fill('O’Brien-Łukasiewicz');
    await page.getByLabel(/telephone/i).fill('07700 900456');
    await press(page, 'button', 'Continue');
    await page.waitForURL(/\/concerns/);
    await page.getByLabel('Frown lines').press('Space');
    await press(page, 'button', 'Continue');
    await page.waitForURL(/\/help/);
    await page.getByLabel('A quiet room').press('Space');
    await press(page, 'button', 'Continue');
    await page.waitForURL(/\/account/);

    await press(page, 'link', 'Open an account');
    await page.waitForURL(/\/account\/register/);
    // The time is still kept, and the name was typed once.
    expect(await page.getByRole('main').textContent()).toMatch(
      /We keep .+ with Dr Amara Okafor-Bell for you until/,
    );
    expect(await page.getByLabel('Your name').inputValue()).toBe('Noor O’Brien-Łukasiewicz');
    if (javaScriptEnabled) await expectSound(page);
    await page.getByLabel('Your name').fill('Noor O’Brien');
    await page.getByLabel('E-mail address').fill(email);
    await pressEnter(page.getByLabel('E-mail address'));
    await page.getByRole('heading', { name: 'Check your e-mail' }).waitFor();
    const letter = await town.ask(
      `SELECT body FROM mail_message WHERE to_address = $1 ORDER BY id DESC LIMIT 1`,
      [email],
    );
    await page.goto(/https?:\S+/.exec(letter)![0]);
    await page.getByLabel('Your new password').fill('four quiet words here');
    await pressEnter(page.getByLabel('Your new password'));
    await page.waitForURL(/\/check/);

    const answers = await page.getByRole('main').textContent();
    for (const answer of ['Frown lines', '5 February 1988', 'Dr Amara Okafor-Bell', '£'])
      expect(answers).toContain(answer);
    await expectSound(page);
    await press(page, 'button', 'Book this consultation');
    await page.waitForURL(/\/confirmed/);
    await expectSound(page);
    const confirmed = `SELECT coalesce(max(body), '') FROM mail_message WHERE to_address = $1 AND kind = 'appointment_confirmed'`;
    await expect.poll(() => town.ask(confirmed, [email]), { timeout: PATIENCE_MS }).not.toBe('');
    const booked = await town.ask(confirmed, [email]);
    expect(booked).toMatch(/It costs: £\d+/);
    expect(booked).toContain('It is the same, whether you go on or decide on nothing.');
    // A clinic of one location often bears its name: it is said once.
    expect(booked).not.toMatch(/Where: ([^,]+), \1,/);
    await page.goto('/my-care');
    expect(await page.getByRole('main').textContent()).toContain('With Dr Amara Okafor-Bell');

    await press(page, 'link', 'Answer them');
    await page.waitForURL(/\/health/);
    await press(page, 'button', 'Save my answers');
    await page.getByRole('alert').waitFor();
    for (const answer of await page.getByRole('radio', { name: 'No', exact: true }).all())
      await answer.press('Space');
    await page.getByLabel('Which medicines do you take?').fill('none');
    await press(page, 'button', 'Save my answers');
    await page.waitForURL(/\/my-care$/);

    await press(page, 'link', /^Consultation,/);
    await page.waitForURL(/\/appointments\//);
    await press(page, 'link', 'Choose another time');
    await page.waitForURL(/\/move$/);
    const another = page.getByRole('main').locator('details').nth(1);
    await another.locator('summary').focus();
    await page.keyboard.press('Enter');
    await another.locator('button.time').nth(3).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/appointments\/[0-9a-f-]+$/);
    await press(page, 'link', 'Cancel it');
    await page.waitForURL(/\/cancel$/);
    await press(page, 'button', 'Cancel the visit');
    await page.waitForURL(/\/my-care$/);
    expect(await page.getByRole('main').textContent()).toContain('Cancelled by you');

    expect(faults).toEqual([]);
    await context.close();
  });
});

it('a seventeen-year-old is told kindly, nothing is kept, and another date does not help', async () => {
  const { page, context } = await person(town);
  const holds = () => town.ask(`SELECT count(*)::text FROM appointment WHERE state = 'held'`);
  const before = await holds();
  const year = Number(await town.ask(`SELECT extract(year FROM app_now())::text`)) - 17;
  await page.goto('/practitioners/amara-okafor-bell');
  await pressEnter(page.getByRole('main').locator('a.time').nth(5));
  for (const typed of [String(year), '1980']) {
    await page.getByLabel('Day').fill('1');
    await page.getByLabel('Month').fill('1');
    await page.getByLabel('Year').fill(typed);
    await pressEnter(page.getByLabel('Year'));
    await page
      .getByText(/adults only/)
      .first()
      .waitFor();
    if ((await page.getByLabel('Day').count()) === 0) break;
  }
  await expectSound(page);
  expect(await holds()).toBe(before);
  await context.close();
});

it('a time that ran out is told without blame, and may be taken again; a link that lost its time leads to all of them', async () => {
  const { page, context, faults } = await person(town);
  await page.goto('/practitioners/amara-okafor-bell');
  await pressEnter(page.getByRole('main').locator('a.time').nth(7));
  await page.getByLabel('Day').fill('1');
  await page.getByLabel('Month').fill('1');
  await page.getByLabel('Year').fill('1980');
  await pressEnter(page.getByLabel('Year'));
  await page.waitForURL(/\/you/);
  await town.moveClockTo(await town.ask(`SELECT (app_now() + interval '11 minutes')::text`));
  await page.reload();
  await page.getByRole('heading', { name: 'The time we kept for you has run out' }).waitFor();
  await expectSound(page);
  await press(page, 'link', /^Try .+ again$/);
  await page.getByRole('heading', { name: 'What is your date of birth?' }).waitFor();
  expect(await page.getByRole('main').textContent()).toContain('with Dr Amara Okafor-Bell');

  await page.goto('/practitioners/amara-okafor-bell/book?location=cut-off');
  expect(new URL(page.url()).pathname).toBe('/practitioners/amara-okafor-bell');
  expect(faults).toEqual([]);
  await context.close();
});

it('every page that search engines are told of has a title, a description and one address of its own', async () => {
  const { page, context } = await person(town);
  const textOf = async (path: string) => (await page.request.get(path)).text();
  const addresses = [...(await textOf('/sitemap.xml')).matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, at]) => at!);
  const profiles = addresses.filter((at) => at.includes('/practitioners/'));
  const titles = new Set<string>();
  const looked = [...addresses.filter((at) => !profiles.includes(at)), ...profiles.slice(0, 5)];
  for (const at of looked) {
    const html = await textOf(new URL(at).pathname);
    expect([at, /<link rel="canonical" href="([^"]+)"/.exec(html)?.[1]]).toEqual([at, at]);
    expect([at, /<meta property="og:url" content="([^"]+)"/.exec(html)?.[1]]).toEqual([at, at]);
    expect([at, /<meta name="description" content="[^"]{20,}"/.test(html)]).toEqual([at, true]);
    titles.add(/<title>([^<]+)</.exec(html)![1]!);
  }
  expect(titles.size).toBe(looked.length);
  const checks = await textOf('/practitioners/amara-okafor-bell/checks');
  const data = /<script type="application\/ld\+json">(.+?)<\/script>/.exec(checks)![1]!;
  expect(JSON.parse(data)).toMatchObject({
    '@type': 'BreadcrumbList',
    itemListElement: [{ name: 'Find someone' }, { name: 'Dr Amara Okafor-Bell' }, { name: 'Checks' }],
  });
  await context.close();
});

it('everybody reads what must not wait, without an account and without JavaScript', async () => {
  const { page, context } = await person(town, { javaScriptEnabled: false });
  await page.goto('/urgent?in=england');
  const words = (await page.getByRole('main').textContent())!;
  expect(words.indexOf('Call 999')).toBeGreaterThan(0);
  expect(words.indexOf('Call 999')).toBeLessThan(words.indexOf('Call your clinic'));
  await context.close();
});

it('every public and account page is sound', async () => {
  const { page, context, faults } = await person(town);
  for (const path of [
    '/',
    '/search',
    '/search?place=London&concern=jaw',
    '/search?q=nobodyhasthisname',
    '/practitioners/amara-okafor-bell',
    '/practitioners/maya-lindqvist',
    '/how-we-check',
    '/how-search-works',
    '/urgent',
    '/account/register',
    '/account/sign-in',
    '/account/forgot-password',
    '/account/verify?token=x',
    '/dev/mailbox',
    '/nowhere',
  ]) {
    await page.goto(path);
    await expectSound(page);
  }
  expect(faults).toEqual([]);
  await context.close();
});
