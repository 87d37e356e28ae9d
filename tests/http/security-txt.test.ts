import { expect, it } from 'vitest';
import { securityTxt } from '#lib/server/http/security-txt.ts';

const publicUrl = new URL('https://steadyhand.example');
const now = Temporal.Instant.from('2027-03-09T14:30:00.123Z');

it('says where to turn, until when it holds, and where it stands', () => {
  expect(securityTxt({ contactEmail: 'help@steadyhand.example', publicUrl }, now).split('\n')).toEqual([
    'Contact: mailto:help@steadyhand.example',
    'Contact: https://steadyhand.example/contact',
    'Expires: 2027-09-05T14:30:00Z',
    'Preferred-Languages: en',
    'Canonical: https://steadyhand.example/.well-known/security.txt',
    '',
  ]);
});

it('invents no address where none is named', () => {
  expect(securityTxt({ contactEmail: null, publicUrl }, now)).not.toContain('mailto:');
});
