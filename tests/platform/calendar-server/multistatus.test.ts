import { expect, it } from 'vitest';
import {
  caldav,
  dav,
  first,
  property,
  readMultistatus,
} from '#lib/server/platform/calendar-server/multistatus.ts';

const answer = (inner: string) =>
  `<?xml version="1.0"?><m:multistatus xmlns:m="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">${inner}</m:multistatus>`;

it('reads what was found, by namespace and not by prefix', () => {
  const [one, ...others] = readMultistatus(
    answer(`
      <m:response>
        <m:href> /amara/mine/one.ics </m:href>
        <m:propstat><m:prop><m:getetag>"1"</m:getetag>
          <c:calendar-data><![CDATA[BEGIN:VCALENDAR
X:1 < 2]]>&#13;
&amp;</c:calendar-data><m:resourcetype><m:collection/><c:calendar/></m:resourcetype></m:prop><m:status>HTTP/1.1 200 OK</m:status></m:propstat>
        <m:propstat><m:prop><m:displayname/></m:prop><m:status>HTTP/1.1 404 Not Found</m:status></m:propstat>
      </m:response>`),
  );
  expect(others).toEqual([]);
  expect(one!.href).toBe('/amara/mine/one.ics');
  expect(property(one!, dav('getetag'))?.text).toBe('"1"');
  expect(property(one!, caldav('calendar-data'))?.text).toBe('BEGIN:VCALENDAR\nX:1 < 2\r\n&');
  expect(first(property(one!, dav('resourcetype')), caldav('calendar'))).toBeDefined();
  expect(first(property(one!, dav('resourcetype')), dav('calendar'))).toBeUndefined();
  expect(property(one!, dav('displayname'))).toBeUndefined();
});

it.each([
  ['a page', '<html><body>Sign in</body></html>'],
  ['nothing', ''],
  ['half of an answer', answer('<m:response>')],
  ['entities of its own', `<!DOCTYPE x [<!ENTITY a "aaaa">]>${answer('<m:response>&a;</m:response>')}`],
  ['a file of ours', `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>${answer('&a;')}`],
  ['a crowd', answer('<m:response>' + '<m:a/>'.repeat(200_000) + '</m:response>')],
  ['a tower', answer('<m:a>'.repeat(200) + '</m:a>'.repeat(200))],
])('refuses %s', (_what, text) => {
  expect(() => readMultistatus(text)).toThrow();
});
