import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCsv } from '#lib/server/domain/booking/import/csv.ts';
import { readEasyAppointments } from '#lib/server/domain/booking/import/easy-appointments.ts';
import { readDump } from '#lib/server/domain/booking/import/mysql-dump.ts';
import { DUMP } from './dump.ts';

const unreadable: unknown = expect.objectContaining({ code: 'import_unreadable' });
const sql = DUMP.replaceAll('DAY', '2026-12-08');

describe('the dump of another system', () => {
  it('says who sees patients, and what each has booked', () => {
    const file = readEasyAppointments(sql);
    expect(file.providers.map(({ id, name }) => [id, name])).toEqual([
      ['2', 'Amara Bell'],
      ['3', 'Other Provider'],
    ]);
    // Time off is not among them.
    expect(file.entriesOf('2').map(({ where }) => where)).toEqual(
      [1, 2, 3, 6].map((id) => `Appointment ${id}`),
    );
    expect(file.entriesOf('2').slice(0, 2)).toMatchObject([
      {
        reference: 'easyappointments-1',
        service: 'First consultation',
        isCancelled: false,
        minutes: 30,
        givenName: 'Siân',
        familyName: String.raw`O'Brien\Jones`,
        email: 'sian@example.test',
        phone: '+44 7700 900123',
        dateOfBirth: null,
      },
      {
        service: 'Treatment (lines)',
        givenName: 'Line break',
        familyName: 'D’Arcy'.replace('’', "'"),
        email: null,
      },
    ]);
    expect(String(file.entriesOf('2')[0]!.start)).toBe('2026-12-08T09:00:00');
    expect(file.entriesOf('2')[2]!.isCancelled).toBe(true);
  });

  it('may have another prefix, or none', () => {
    for (const prefix of ['', 'clinic_ea_'])
      expect(readEasyAppointments(sql.replaceAll('`ea_', `\`${prefix}`)).entriesOf('3')).toHaveLength(1);
  });

  it.each([
    ['', 'nothing at all'],
    ['SELECT 1;', 'another file'],
    [sql.slice(0, sql.indexOf('sian@')), 'one that breaks off'],
    [sql.replace("'Amara', 'Bell'", "'Amara'"), 'a row without all its columns'],
    [sql.replace("'Amara'", 'CONCAT(1)'), 'a value that would have to be worked out'],
  ])('is refused if it is %#', (text) => {
    expect(() => readEasyAppointments(text)).toThrow(unreadable);
  });

  it('may be as long as a clinic is old, and go as deep as it likes', () => {
    const users =
      "INSERT INTO `users` (`id`,`id_roles`) VALUES (2,2);INSERT INTO `roles` (`id`,`slug`) VALUES (2,'provider');";
    const rows = Array.from({ length: 200_000 }, (_, nth) => `(${nth},2)`);
    const visits = `INSERT INTO \`appointments\` (\`id\`,\`id_users_provider\`) VALUES ${rows.join()};`;
    expect(readEasyAppointments(users + visits).entriesOf('2')).toHaveLength(200_000);
    for (const deep of [
      `INSERT INTO ${'a.'.repeat(50_000)}users VALUES (1`,
      `INSERT INTO \`users\` VALUES (${'_x '.repeat(50_000)}`,
    ])
      expect(() => readEasyAppointments(deep)).toThrow(unreadable);
  });

  it('holds any text as MySQL writes it', () => {
    const escape = (text: string) =>
      text.replaceAll(/[\0\b\n\r\t\u001A'"\\]/g, (sign) => {
        const names: Record<string, string> = {
          '\0': '0',
          '\b': 'b',
          '\n': 'n',
          '\r': 'r',
          '\t': 't',
          '\u001A': 'Z',
        };
        return `\\${names[sign] ?? sign}`;
      });
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 4 }), (texts) => {
        const columns = texts.map((_, index) => `\`c${index}\``).join();
        const values = texts.map((text) => `'${escape(text)}'`).join();
        const dump = `INSERT INTO \`x\` VALUES (1,'a;b');INSERT INTO \`t\` (${columns}) VALUES (${values}),(${values});\n-- end`;
        const rows = readDump(dump, (table) => table === 't').get('t')!;
        expect(rows.map((row) => Object.values(row))).toEqual([texts, texts]);
      }),
      { numRuns: 5_000, seed: 20_260_329 },
    );
  });
});

describe('a table', () => {
  const header = 'Reference,Date,Start,End,First name,Last name,Date of birth,Email,Phone,Kind';
  const read = (text: string, order: 'day_first' | 'month_first' = 'day_first') =>
    readCsv(text, order).entriesOf(null);

  it('is read by the names of its columns', () => {
    expect(
      read(
        `${header}\nA1,2026-12-08,14:30,15:00,Siân,"O'Brien, Jones",1984-03-27,s@example.test,020 7946 0018,Review`,
      ),
    ).toEqual([
      {
        reference: 'A1',
        where: 'Row 2',
        service: 'Review',
        isCancelled: false,
        start: Temporal.PlainDateTime.from('2026-12-08T14:30'),
        minutes: 30,
        givenName: 'Siân',
        familyName: "O'Brien, Jones",
        dateOfBirth: '1984-03-27',
        email: 's@example.test',
        phone: '020 7946 0018',
      },
    ]);
  });

  it.each([
    ['8/12/2026;14:30', 'day_first', '2026-12-08T14:30:00'],
    ['12/8/2026;2:30 pm', 'month_first', '2026-12-08T14:30:00'],
    ['12/8/2026;12:05 AM', 'month_first', '2026-12-08T00:05:00'],
    ['08.12.2026;9:05', 'day_first', '2026-12-08T09:05:00'],
    ['31/2/2026;9:05', 'day_first', 'null'],
    ['2026-12-08;25:00', 'day_first', 'null'],
    ['tomorrow;noon', 'day_first', 'null'],
  ] as const)('%s read %s', (cells, order, expected) => {
    const [entry] = read(`\uFEFFdate;start_time;surname\n${cells};Bell`, order);
    expect(String(entry!.start)).toBe(expected);
  });

  it('may have day and time in one column, and no reference: the same row is the same appointment', () => {
    const text = 'start\tminutes\tlast name\n2026-12-08 14:30\t45\tBell\n2026-12-08T16:00:00\t\tBell';
    const [first, second] = read(text);
    expect([first!.minutes, String(second!.start)]).toEqual([45, '2026-12-08T16:00:00']);
    expect(read(text)[0]!.reference).toBe(first!.reference);
    expect(second!.reference).not.toBe(first!.reference);
  });

  it.each([
    '',
    'hello',
    'a,b\n1,2',
    '{"json": true}',
    'date,start\n2026-12-08,09:00',
    'last name\n"unclosed',
  ])('is refused without its columns: %j', (text) => {
    expect(() => read(text)).toThrow(unreadable);
  });
});
