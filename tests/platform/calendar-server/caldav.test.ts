import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import { openCalDav } from '#lib/server/platform/calendar-server/caldav.ts';
import { publicInternet, type FetchRules } from '#lib/server/platform/safe-fetch.ts';
import { calendarOf, entry } from '../../domain/availability/external/calendar-text.ts';
import { afterFile } from '../../harness/after.ts';
import { hasRadicale, PASSWORD, startRadicale, USERNAME, type Radicale } from '../../harness/radicale.ts';

const failing = (failure: string): unknown => expect.objectContaining({ failure });
const instant = (text: string) => Temporal.Instant.from(text);
const event = (uid: string, start: string) =>
  calendarOf(entry(`UID:${uid}`, `DTSTART:${start}`, 'DURATION:PT1H', 'DTSTAMP:20270101T000000Z'));

describe.skipIf(!hasRadicale())('against Radicale', () => {
  let server: Radicale;
  beforeAll(async () => {
    server = await startRadicale();
    afterFile(server.stop);
    await server.makeCalendar(`/${USERNAME}/mine/`);
    await server.makeCalendar(`/${USERNAME}/tasks/`, 'VTODO');
  });
  const open = (path: string, { username = USERNAME, password = PASSWORD } = {}) =>
    openCalDav({ address: `${server.base}${path}`, username, password }, server.rules);

  it('finds the calendar at its own address, and the only one of an account', async () => {
    const mine = `${server.base}/${USERNAME}/mine/`;
    expect(await open(`/${USERNAME}/mine/`).find()).toBe(mine);
    expect(await open(`/${USERNAME}/`).find()).toBe(mine);
    expect(await open('/').find()).toBe(mine);
  });

  it('finds none where there is none, or several, and says when the password is wrong', async () => {
    await expect(open(`/${USERNAME}/mine/`, { password: 'guess' }).find()).rejects.toEqual(failing('login'));
    await expect(open('/somebody/else/').find()).rejects.toEqual(failing('denied'));
    await server.makeCalendar(`/${USERNAME}/second/`);
    await expect(open('/').find()).rejects.toEqual(failing('several'));
    await server.request('DELETE', `/${USERNAME}/second/`);
  });

  it('puts, reads, changes and takes out an entry, and never what was changed in between', async () => {
    const calendar = open(`/${USERNAME}/mine/`);
    const href = calendar.hrefOf('one@example.test');
    const [early, late] = [
      event('one@example.test', '20270301T100000Z'),
      event('one@example.test', '20270302T100000Z'),
    ];
    const before = await calendar.version();

    const put = await calendar.put(href, early, 'nothing');
    expect(put).toEqual({ etag: expect.any(String) as string });
    expect(await calendar.put(href, early, 'nothing')).toBe('conflict');
    expect(await calendar.version()).not.toBe(before);

    const march = [instant('2027-02-28T00:00Z'), instant('2027-03-05T00:00Z')] as const;
    const read = await calendar.read(...march);
    expect(read).toMatchObject([{ href, etag: expect.any(String) as string }]);
    expect(read[0]!.text).toContain('UID:one@example.test');
    expect(await calendar.read(instant('2027-05-01T00:00Z'), instant('2027-06-01T00:00Z'))).toEqual([]);

    const { etag } = read[0]!;
    await server.request('PUT', href, late);
    expect(await calendar.put(href, early, { etag })).toBe('conflict');
    expect(await calendar.remove(href, { etag })).toBe('conflict');
    const now = (await calendar.readOne(href))!;
    expect(now.text).toContain('20270302');
    expect(await calendar.put(href, early, { etag: now.etag })).not.toBe('conflict');
    expect(await calendar.remove(href, { etag: (await calendar.readOne(href))!.etag })).not.toBe('conflict');
    expect(await calendar.readOne(href)).toBeUndefined();
    // Gone already is gone.
    expect(await calendar.remove(href, { etag })).not.toBe('conflict');
  });
});

describe('a server that means no good', () => {
  async function serve(
    status: number,
    headers: Record<string, string> = {},
    body: string | ((port: number) => string) = '',
  ) {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers.authorization !== undefined}`);
      response.writeHead(status, headers).end(typeof body === 'string' ? body : body(port));
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    afterFile(() => new Promise((resolve) => server.close(resolve)));
    const { port } = server.address() as AddressInfo;
    const rules: FetchRules = {
      ...publicInternet,
      protocols: ['http:'],
      ports: [port],
      isPublic: (address) => address === '127.0.0.1',
      resolve: () => Promise.resolve(['127.0.0.1']),
      milliseconds: 5_000,
      bytes: 10_000,
    };
    const address = `http://calendar.example:${port}/`;
    return { calendar: openCalDav({ address, username: 'me', password: 'secret' }, rules), asked, port };
  }

  it('is not followed to another host with a password', async () => {
    const { calendar, asked, port } = await serve(307, { location: 'http://elsewhere.example:1/' });
    await expect(calendar.version()).rejects.toEqual(failing('address'));
    expect(asked).toEqual(['PROPFIND / true']);
    const inside = await serve(302, { location: `http://calendar.example:${port + 1}/` });
    await expect(inside.calendar.version()).rejects.toEqual(failing('address'));
  });

  it.each([
    ['current-user-principal', 'http://elsewhere.example:PORT/', false],
    ['calendar-home-set', 'http://elsewhere.example:PORT/', false],
    ['calendar-home-set', 'http://calendar.example.elsewhere.example:PORT/', false],
    ['calendar-home-set', 'https://calendar.example:PORT/', false],
    ['calendar-home-set', 'http://[', false],
    // As iCloud does: its calendars lie on hosts of their own, below the same name.
    ['calendar-home-set', 'http://p34.calendar.example:PORT/', true],
  ])('takes no password along by its %s to %s', async (property, href, goesOn) => {
    const body = (there: string) =>
      `<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:response><d:href>/</d:href><d:propstat><d:prop>
        ${property === 'calendar-home-set' ? `<c:${property}><d:href>${there}</d:href></c:${property}>` : `<d:${property}><d:href>${there}</d:href></d:${property}>`}
      </d:prop></d:propstat></d:response></d:multistatus>`;
    const { calendar, asked } = await serve(207, {}, (port) => body(href.replace('PORT', String(port))));
    await expect(calendar.find()).rejects.toEqual(failing(goesOn ? 'no_calendar' : 'address'));
    expect(asked).toEqual(['PROPFIND / true', ...(goesOn ? ['PROPFIND / true'] : [])]);
  });

  it('sends nothing elsewhere, whatever it says that its entries are called', async () => {
    const { calendar, asked, port } = await serve(200);
    const elsewhere = [`http://other.example:${port}/a.ics`, `//other.example:${port}/a.ics`, 'http://['];
    for (const href of elsewhere) {
      await expect(calendar.put(href, 'x', 'nothing')).rejects.toEqual(failing('address'));
      await expect(calendar.remove(href, { etag: null })).rejects.toEqual(failing('address'));
      await expect(calendar.readOne(href)).rejects.toEqual(failing('address'));
    }
    expect(asked).toEqual([]);
    expect(await calendar.readOne('/a.ics')).toMatchObject({ text: '' });
    expect(asked).toEqual(['GET /a.ics true']);
  });

  it.each([
    [200, '<html></html>', 'no_calendar'],
    [207, '<html></html>', 'no_calendar'],
    [207, 'x'.repeat(20_000), 'too_large'],
    [401, '', 'login'],
    [403, '', 'denied'],
    [429, '', 'unreachable'],
    [503, '', 'unreachable'],
  ])('that answers %i with %.20s is one of our reasons', async (status, body, failure) => {
    const { calendar } = await serve(status, {}, body);
    await expect(calendar.version()).rejects.toEqual(failing(failure));
  });

  it('that takes no entries says so', async () => {
    const { calendar } = await serve(403);
    await expect(calendar.put('/a.ics', 'x', 'nothing')).rejects.toEqual(failing('read_only'));
  });
});
