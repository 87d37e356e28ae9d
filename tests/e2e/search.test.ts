import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { openTown, person, pressEnter, shared, violationsOf, type Town } from './world.ts';

const PHONE = { width: 360, height: 740 };

let town: Town;
shared(async () => {
  town = await openTown();
});

const place = (page: Page) => page.getByLabel('Town or city');
const words = (page: Page) => page.getByLabel('Name, or what it is about');
/** Of the list below a field: those of a select are always there. */
const options = (page: Page) => page.locator('[role="option"]');
const rows = (page: Page) => page.locator('li.result h2');
const queryOf = (page: Page) => new URL(page.url()).searchParams;

/** The page has its scripts: before that a field is only a field. */
async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.getByRole('combobox', { name: 'Town or city' }).waitFor();
}

describe('suggestions', () => {
  it('ask for nothing before somebody types, and then once for a word', async () => {
    const { page, context, faults } = await person(town);
    const asked: string[] = [];
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (url.pathname.endsWith('/suggestions')) asked.push(url.search);
    });
    await open(page, '/');
    await place(page).focus();
    // Faster than any hand: one pause at the end.
    await place(page).evaluate((field: HTMLInputElement) => {
      for (const typed of ['l', 'le', 'lee', 'leed']) {
        field.value = typed;
        field.dispatchEvent(new InputEvent('input', { bubbles: true }));
      }
    });
    await options(page).first().waitFor();
    expect(asked).toEqual(['?field=place&typed=leed']);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('follow the keyboard: arrows, Enter, Escape, Home and End, and the text stays one’s own', async () => {
    const { page, context, faults } = await person(town);
    await open(page, '/search');
    const field = place(page);
    await field.focus();
    expect(await field.getAttribute('aria-expanded')).toBe('false');
    await typeAtOnce(page, 'newp');
    await options(page).first().waitFor();
    expect(await field.getAttribute('aria-expanded')).toBe('true');
    expect(await field.getAttribute('aria-activedescendant')).toBeNull();
    const list = await field.getAttribute('aria-controls');
    expect(await page.locator(`#${list}`).getAttribute('role')).toBe('listbox');
    const count = await options(page).count();
    expect(
      await page
        .getByRole('status')
        .filter({ hasText: `${count} suggestions` })
        .count(),
    ).toBe(1);

    const active = async () => {
      const id = await field.getAttribute('aria-activedescendant');
      return id === null
        ? null
        : { id, selected: await page.locator(`#${id}`).getAttribute('aria-selected') };
    };
    await page.keyboard.press('ArrowDown');
    expect(await active()).toEqual({ id: 'place-suggestion-1', selected: 'true' });
    await page.keyboard.press('ArrowUp');
    expect(await active()).toBeNull();
    await page.keyboard.press('ArrowUp');
    expect(await active()).toEqual({ id: `place-suggestion-${count}`, selected: 'true' });
    expect(await page.locator('[aria-selected="true"]').count()).toBe(1);
    await page.keyboard.press('ArrowDown');
    expect(await active()).toBeNull();

    // Home and End move the caret, and let go of the list.
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Home');
    expect(await active()).toBeNull();
    expect(await caretOf(page)).toBe(0);
    await page.keyboard.press('End');
    expect(await caretOf(page)).toBe(4);

    await page.keyboard.press('Escape');
    expect(await field.getAttribute('aria-expanded')).toBe('false');
    expect([await field.inputValue(), await options(page).count()]).toEqual(['newp', 0]);
    expect(page.url()).toBe(`${town.url}/search`);

    // Down opens it again; Enter takes what is active, and only then does Enter search.
    await page.keyboard.press('ArrowDown');
    const chosen = page.getByRole('option', { name: 'Newport near Telford, England' });
    while ((await chosen.getAttribute('aria-selected')) !== 'true') await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect([await field.inputValue(), await options(page).count()]).toEqual(['Newport', 0]);
    expect(page.url()).toBe(`${town.url}/search`);
    await page.keyboard.press('Enter');
    await page.waitForURL(/at=\d+/);
    await page.getByText('This is Newport, near Telford, England').waitFor();
    // The same words lead to the others.
    expect(await page.getByRole('link', { name: 'Newport, near Portsmouth, England' }).count()).toBe(1);

    // Another name lets go of the place.
    await place(page).fill('York');
    await pressEnter(place(page));
    await page.waitForURL(/place=York/);
    await page.getByRole('heading', { name: /near York$/ }).waitFor();
    expect(queryOf(page).has('at')).toBe(false);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('take a finger or a mouse, and go when the field is left', async () => {
    const { page, context, faults } = await person(town, { viewport: PHONE });
    await open(page, '/search');
    await words(page).fill('elev');
    await page.getByRole('option', { name: 'Frown lines What it is about' }).click();
    expect(await words(page).inputValue()).toBe('Frown lines');
    expect(await page.evaluate(() => document.activeElement!.id)).toBe('q');
    await page.keyboard.press('Enter');
    await page.waitForURL(/q=Frown/);
    await page.getByRole('link', { name: 'Remove Frown lines' }).waitFor();

    await words(page).fill('ama');
    await options(page).first().waitFor();
    await page.keyboard.press('Tab');
    await expect.poll(() => options(page).count()).toBe(0);
    expect(await words(page).inputValue()).toBe('ama');
    expect(faults).toEqual([]);
    await context.close();
  });

  it('come in the order of typing: a late answer never replaces a newer one', async () => {
    const { page, context, faults } = await person(town);
    await open(page, '/search');
    let letGo = () => {};
    const late = new Promise<void>((resolve) => (letGo = resolve));
    let arrived = 0;
    await page.route('**/suggestions?*typed=lon', async (route) => {
      arrived++;
      const answer = await route.fetch();
      await late;
      // Who asked may be gone.
      await route.fulfill({ response: answer }).catch(() => {});
    });
    await place(page).focus();
    await typeAtOnce(page, 'lon');
    await expect.poll(() => arrived).toBe(1);
    await place(page).fill('hous');
    await page.getByRole('option', { name: 'Houston Texas', exact: true }).waitFor();
    const before = await options(page).allTextContents();
    letGo();
    await page.waitForTimeout(400);
    expect(await options(page).allTextContents()).toEqual(before);

    // Nor one that comes after the field was left.
    await page.unroute('**/suggestions?*typed=lon');
    let isAsked = () => {};
    const asked = new Promise<void>((resolve) => (isAsked = resolve));
    let wasLeft = () => {};
    const left = new Promise<void>((resolve) => (wasLeft = resolve));
    await page.route('**/suggestions?*', async (route) => {
      isAsked();
      await left;
      await route.continue().catch(() => {});
    });
    await place(page).fill('manch');
    await asked;
    await page.keyboard.press('Tab');
    wasLeft();
    await page.waitForTimeout(400);
    expect(await options(page).count()).toBe(0);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('are not missed where they cannot be had', async () => {
    const { page, context } = await person(town);
    await open(page, '/search');
    await page.route('**/suggestions?*', (route) => route.abort());
    await place(page).fill('Leeds');
    await page.waitForTimeout(400);
    expect(await options(page).count()).toBe(0);
    await pressEnter(place(page));
    await page.getByRole('heading', { name: /near Leeds$/ }).waitFor();
    await context.close();
  });

  it.each([
    ['at a desk', { width: 1280, height: 900 }],
    ['on a phone', PHONE],
  ])('have no fault that axe finds, open or closed, %s', async (_where, viewport) => {
    const { page, context, faults } = await person(town, { viewport });
    for (const path of ['/', '/search']) {
      await open(page, path);
      expect([path, await violationsOf(page)]).toEqual([path, []]);
      await place(page).fill('new');
      await options(page).first().waitFor();
      await page.keyboard.press('ArrowDown');
      expect([path, 'open', await violationsOf(page)]).toEqual([path, 'open', []]);
      expect(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')).toBe(0);
      await pictured(page, path);
    }
    await words(page).fill('ma');
    await options(page).first().waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await pictured(page, 'words');
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe('before the scripts are there', () => {
  it('what is typed and ticked stays, on a page of fields and on one that was answered', async () => {
    const { page, context, faults } = await person(town);
    let arrive: () => void = () => {};
    const held = new Promise<void>((resolve) => (arrive = resolve));
    await page.route('**/*.js', async (route) => {
      await held;
      await route.continue();
    });
    await page.goto('/search?place=Leeds', { waitUntil: 'commit' });
    await place(page).fill('York');
    await page
      .locator('summary')
      .filter({ hasText: 'More choices' })
      .evaluate((summary) => {
        (summary.parentElement as HTMLDetailsElement).open = true;
      });
    await page.getByLabel('Within').selectOption('50');
    await page.getByLabel('Frown lines').check();
    arrive();
    await page.getByRole('combobox', { name: 'Town or city' }).waitFor();
    expect(await place(page).inputValue()).toBe('York');
    expect(await page.getByLabel('Within').inputValue()).toBe('50');
    expect(await page.getByLabel('Frown lines').isChecked()).toBe(true);
    await pressEnter(place(page));
    await page.getByRole('heading', { name: /near York$/ }).waitFor();
    expect(queryOf(page).get('miles')).toBe('50');
    expect(queryOf(page).getAll('concern')).toEqual(['frown_lines']);
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe('when the scripts are there', () => {
  it('the rows are those that the server sent, until another search draws its own', async () => {
    const { page, context, faults } = await person(town);
    let arrive: () => void = () => {};
    const held = new Promise<void>((resolve) => (arrive = resolve));
    await page.route('**/*.js', async (route) => {
      await held;
      await route.continue();
    });
    await page.goto('/search?place=Leeds', { waitUntil: 'commit' });
    const first = rows(page).first();
    await first.evaluate((row) => row.setAttribute('data-served', ''));
    const sent = await rows(page).allTextContents();
    arrive();
    await page.getByRole('combobox', { name: 'Town or city' }).waitFor();
    expect(await first.getAttribute('data-served')).toBe('');
    expect(await rows(page).allTextContents()).toEqual(sent);

    await place(page).fill('London');
    await place(page).press('Enter');
    await page.getByRole('heading', { name: /near London$/ }).waitFor();
    expect(await page.locator('[data-served]').count()).toBe(0);
    expect(await rows(page).count()).toBeGreaterThan(0);
    expect(await rows(page).allTextContents()).not.toEqual(sent);
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe('near me', () => {
  const LEEDS = { latitude: 53.79648, longitude: -1.54785 };

  it('asks where somebody is only when pressed, and keeps it to a kilometre', async () => {
    const { page, context, faults } = await person(town);
    await context.grantPermissions(['geolocation']);
    await context.setGeolocation(LEEDS);
    let asked = 0;
    await page.exposeFunction('tellAsked', () => asked++);
    await page.addInitScript(() => {
      const original = navigator.geolocation.getCurrentPosition.bind(navigator.geolocation);
      navigator.geolocation.getCurrentPosition = (...given) => {
        (window as unknown as { tellAsked(): void }).tellAsked();
        original(...given);
      };
    });
    for (const [before, path] of ['/', '/search?place=London'].entries()) {
      await open(page, path);
      expect(asked).toBe(before);
      await page.getByRole('button', { name: 'Near me' }).press('Enter');
      await page.waitForURL(/near=/);
      expect(queryOf(page).get('near')).toBe('53.80,-1.55');
      expect(queryOf(page).get('place') ?? '').toBe('');
      await page.getByRole('heading', { name: /near you$/ }).waitFor();
      expect(await page.locator('li.result').first().textContent()).toContain('Leeds');
      expect(asked).toBe(before + 1);
    }
    // It stays while other things are chosen, until a town is typed.
    await words(page).fill('jaw');
    await pressEnter(words(page));
    await page.waitForURL(/q=jaw/);
    expect(queryOf(page).get('near')).toBe('53.80,-1.55');
    await page.getByRole('link', { name: 'Remove Jaw' }).waitFor();
    await place(page).fill('York');
    await pressEnter(place(page));
    await page.getByRole('heading', { name: /near York$/ }).waitFor();
    expect(queryOf(page).has('near')).toBe(false);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('is kind when the browser will not say', async () => {
    const { page, context, faults } = await person(town);
    await context.clearPermissions();
    await page.addInitScript(() => {
      navigator.geolocation.getCurrentPosition = (_found, failed) =>
        failed!({ code: 1 } as GeolocationPositionError);
    });
    await open(page, '/search?place=Leeds');
    await page.getByRole('button', { name: 'Near me' }).click();
    await page.getByText('which is fine. Type a town or city instead.').waitFor();
    expect([await place(page).inputValue(), page.url()]).toEqual(['Leeds', `${town.url}/search?place=Leeds`]);
    expect(await violationsOf(page)).toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe('the address is the search', () => {
  const shown = async (page: Page) => ({
    heading: await page.locator('h1').textContent(),
    rows: await rows(page).allTextContents(),
    chips: await page.locator('.chip').allTextContents(),
    place: await place(page).inputValue(),
    words: await words(page).inputValue(),
  });

  it('back, forward, reload and somebody else’s browser show the same', async () => {
    const { page, context, faults } = await person(town);
    await open(page, '/search?place=Manchester');
    const seen: { url: string; shown: Awaited<ReturnType<typeof shown>> }[] = [];
    const note = async () => seen.push({ url: page.url(), shown: await shown(page) });
    const step = async (act: () => Promise<unknown>, address: RegExp) => {
      await act();
      await page.waitForURL(address);
      await note();
    };
    await note();
    await step(async () => {
      await words(page).fill('crow’s feet');
      await pressEnter(words(page));
    }, /q=crow/);
    await step(
      () => pressEnter(page.getByRole('link', { name: /^Remove Lines beside the eyes/ })),
      /\?place=Manchester&at=\d+$/,
    );
    await step(() => pressEnter(page.getByRole('link', { name: 'Next' })), /page=2/);
    await step(async () => {
      await page.getByLabel('Order').selectOption('soonest');
      await pressEnter(page.getByRole('button', { name: 'Search' }).last());
    }, /sort=soonest/);
    expect(new Set(seen.map(({ url }) => url)).size).toBeGreaterThanOrEqual(4);

    // What is typed and not searched for is no part of it.
    await place(page).fill('Exeter');
    for (const { url, shown: expected } of seen.slice(0, -1).toReversed()) {
      await page.goBack();
      await page.waitForURL(url);
      await expect.poll(() => shown(page)).toEqual(expected);
    }
    for (const { url, shown: expected } of seen.slice(1)) {
      await page.goForward();
      await page.waitForURL(url);
      await expect.poll(() => shown(page)).toEqual(expected);
    }
    await page.reload();
    await expect.poll(() => shown(page)).toEqual(seen.at(-1)!.shown);
    expect(faults).toEqual([]);
    await context.close();

    const other = await person(town, { javaScriptEnabled: false });
    for (const { url, shown: expected } of seen) {
      await other.page.goto(url);
      expect(await shown(other.page)).toEqual(expected);
    }
    expect(other.faults).toEqual([]);
    await other.context.close();
  });
});

describe('from the first page to a held time', () => {
  it('by keyboard alone', async () => {
    const { page, context, faults } = await person(town);
    await open(page, '/');
    await tabTo(page, (focused) => focused.id === 'place');
    await typeAtOnce(page, 'manch');
    await page.getByRole('option', { name: 'Manchester England' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/search\?.*at=\d+/);
    await page.getByRole('heading', { name: /near Manchester$/ }).waitFor();

    await tabTo(page, (focused) => focused.id === 'q');
    await typeAtOnce(page, 'elev');
    await page.getByRole('option', { name: /^Frown lines/ }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.waitForURL(/q=Frown/);
    await page.getByRole('link', { name: 'Remove Frown lines' }).waitFor();

    // A choice, an order, and away with a chip.
    await tabTo(page, (focused) => focused.id === 'sort');
    // One letter: a second one that comes late would choose anew.
    await page.keyboard.press('s');
    await tabTo(page, (focused) => focused.name === 'concern' && focused.value === 'jaw');
    await page.keyboard.press('Space');
    await page.keyboard.press('Enter');
    await page.waitForURL(/sort=soonest/);
    await page.getByRole('link', { name: 'Remove Jaw' }).waitFor();
    await tabTo(page, (focused) => /^Remove\s*Jaw/.test(focused.text));
    await page.keyboard.press('Enter');
    await page.waitForURL(
      (address) => !address.searchParams.has('concern') || !address.search.includes('jaw'),
    );
    await expect.poll(() => page.getByRole('link', { name: 'Remove Jaw' }).count()).toBe(0);

    await tabTo(page, (focused) => focused.text === 'Next');
    await page.keyboard.press('Enter');
    await page.waitForURL(/page=2/);
    await expect.poll(() => rows(page).count()).toBeGreaterThan(0);

    await tabTo(page, (focused) => /^\/practitioners\/[^/]+\/book\?/.test(focused.href));
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/practitioners\/[^/]+\/book\?/);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await tabTo(page, (focused) => focused.name === 'day' || focused.id.includes('dateOfBirth'));
    await page.keyboard.type('14');
    await page.keyboard.press('Tab');
    await page.keyboard.type('3');
    await page.keyboard.press('Tab');
    await page.keyboard.type('1985');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/bookings\/[0-9a-f-]{36}\/you/);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('without JavaScript', async () => {
    const { page, context, faults } = await person(town, { javaScriptEnabled: false });
    await page.goto('/');
    expect(await page.getByRole('button', { name: 'Near me' }).count()).toBe(0);
    expect(await page.getByRole('combobox', { name: 'Town or city' }).count()).toBe(0);
    await place(page).fill('Newport');
    await place(page).press('Enter');
    await page.waitForURL(/place=Newport/);
    await page.getByRole('link', { name: 'Newport, near Telford, England' }).click();
    await page.getByText('This is Newport, near Telford, England').waitFor();
    await place(page).fill('Manchester');
    await words(page).fill('frown lines, a woman');
    await words(page).press('Enter');
    await page.getByRole('heading', { name: /near Manchester$/ }).waitFor();
    await page.getByRole('link', { name: 'Remove Woman' }).click();
    await page.waitForURL((address) => !address.searchParams.has('gender'));
    await page.getByRole('link', { name: 'Next' }).click();
    await page.waitForURL(/page=2/);
    await page.locator('a[href*="/book?"]').first().click();
    await page.waitForURL(/\/practitioners\/[^/]+\/book\?/);
    for (const [label, value] of Object.entries({ Day: '14', Month: '3', Year: '1985' }))
      await page.getByLabel(label, { exact: true }).fill(value);
    await page.getByLabel('Year', { exact: true }).press('Enter');
    await page.waitForURL(/\/bookings\/[0-9a-f-]{36}\/you/);
    expect(faults).toEqual([]);
    await context.close();
  });
});

/** In one go, so that it is asked for once however slow the machine is. */
const typeAtOnce = (page: Page, text: string) => page.keyboard.insertText(text);

const caretOf = (page: Page) =>
  page.evaluate(() => (document.activeElement as HTMLInputElement).selectionStart);

interface Focused {
  id: string;
  name: string;
  value: string;
  text: string;
  href: string;
}

/** Goes on with Tab until it stands on what is meant, as somebody without a mouse does. */
async function tabTo(page: Page, isMeant: (focused: Focused) => boolean): Promise<void> {
  const passed: string[] = [];
  for (let pressed = 0; pressed < 250; pressed++) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate((): Focused => {
      const element = document.activeElement!;
      return {
        id: element.id,
        name: element.getAttribute('name') ?? '',
        value: element.getAttribute('value') ?? '',
        text: element.textContent.trim(),
        href: element.getAttribute('href') ?? '',
      };
    });
    if (isMeant(focused)) return;
    passed.push(focused.id || focused.text);
  }
  throw new Error(`Tab never came there: ${passed.join(' | ')}`);
}

/** A picture of the open list to be looked at, light and dark, when `PICTURES` names a folder. */
async function pictured(page: Page, path: string): Promise<void> {
  const folder = process.env.PICTURES;
  if (!folder) return;
  const name = path.replaceAll('/', '_');
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({
      path: `${folder}/suggestions${name}-${page.viewportSize()!.width}-${colorScheme}.png`,
    });
  }
  await page.emulateMedia({ colorScheme: null });
}
