import { Refusal } from '../../shared/refusal.ts';
import { emailOf, line, phoneOf, type Entry, type ReadFile } from './entry.ts';
import { BrokenDump, readDump, type Row } from './mysql-dump.ts';

const TABLES = ['appointments', 'users', 'services', 'roles'] as const;
type Table = (typeof TABLES)[number];

/** The table's name behind whatever prefix an installation has: `ea_users` is `users`. */
const tableOf = (name: string) => TABLES.find((table) => new RegExp(`^(\\w*_)?${table}$`).test(name));

/** Reads the dump of an Easy!Appointments database (1.3 to 1.6). It keeps no dates of birth. */
export function readEasyAppointments(sql: string): ReadFile {
  const tables = tablesOf(sql);
  const byId = (table: Table) => new Map(tables[table].map((row) => [row.id ?? '', row]));
  const [users, services, roles] = [byId('users'), byId('services'), byId('roles')];
  const isProvider = (user: Row) => roles.get(user.id_roles ?? '')?.slug === 'provider';
  return {
    providers: tables.users.filter(isProvider).map((user) => ({
      id: user.id ?? '',
      name: line(`${user.first_name ?? ''} ${user.last_name ?? ''}`),
      email: line(user.email, 254),
    })),
    entriesOf: (providerId) =>
      tables.appointments
        .filter((row) => row.id_users_provider === providerId && !isTimeOff(row))
        .map((row) =>
          entryOf(row, users.get(row.id_users_customer ?? ''), services.get(row.id_services ?? '')),
        ),
  };
}

function tablesOf(sql: string): Record<Table, Row[]> {
  const tables: Record<Table, Row[]> = { appointments: [], users: [], services: [], roles: [] };
  try {
    for (const [name, rows] of readDump(sql, (table) => tableOf(table) !== undefined)) {
      // Not by push(...rows): a function takes some ten thousand arguments, and a clinic has more appointments.
      for (const row of rows) tables[tableOf(name)!].push(row);
    }
  } catch (problem) {
    if (!(problem instanceof BrokenDump)) throw problem;
    throw new Refusal('import_unreadable', { field: 'file' });
  }
  if (tables.users.length === 0 || tables.roles.length === 0)
    throw new Refusal('import_unreadable', { field: 'file' });
  return tables;
}

const isTimeOff = (row: Row) => row.is_unavailability === '1' || row.is_unavailable === '1';

function entryOf(row: Row, customer: Row | undefined, service: Row | undefined): Entry {
  const [start, end] = [wall(row.start_datetime), wall(row.end_datetime)];
  return {
    reference: `easyappointments-${line(row.id)}`,
    where: `Appointment ${line(row.id)}`,
    service: line(service?.name) || 'No service',
    isCancelled: /^cancel/i.test(row.status ?? ''),
    start,
    minutes: start && end ? start.until(end).total('minutes') : null,
    givenName: line(customer?.first_name),
    familyName: line(customer?.last_name),
    dateOfBirth: null,
    email: emailOf(customer?.email),
    phone: phoneOf(customer?.mobile_number) ?? phoneOf(customer?.phone_number),
  };
}

/** "2026-12-08 14:30:00", on the clock of whoever wrote it. */
function wall(text: string | null | undefined): Temporal.PlainDateTime | null {
  try {
    return Temporal.PlainDateTime.from((text ?? '').replace(' ', 'T'));
  } catch {
    return null;
  }
}
