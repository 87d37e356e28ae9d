import type { Db } from '#lib/server/platform/db.ts';
import { REGISTER_RECHECK_DAYS } from '../credentials/judge-reading.ts';
import { isRegister, registers } from '../credentials/registers.ts';
import { factsOf } from '../policy/codes.ts';
import { formatCalendarDate, formatCalendarDay } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { findCheckedCredentials, findPractitioner, type CheckedCredential } from './queries.ts';
import { lawful } from './understand.ts';

const credentialNames: Readonly<Record<string, string>> = {
  registration: 'Registration',
  prescribing_right: 'Right to prescribe',
  qualification: 'Qualification',
  toxin_training: 'Training in this field, hands-on and supervised',
  life_support: 'Life support',
  indemnity_insurance: 'Insurance',
  premises: 'Premises',
};

const methodNames: Readonly<Record<string, string>> = {
  register_page: 'A person read the register’s own page',
  register_file: 'Compared with the register’s own file',
  document: 'A person saw the document and confirmed it with who issued it',
};

/**
 * The public badge of a practitioner: each credential behind the listing with where, how and when it was checked last, when
 * it is due again, and what nobody checks. Never who looked, what they noted, or a file. Who is not listed has none.
 */
export async function readChecks(db: Db, slug: string) {
  const found = await findPractitioner(db, slug);
  if (found === undefined || found.jurisdiction === null) throw new Refusal('not_found');
  const credentials = await findCheckedCredentials(db, found.id);
  return {
    id: found.id,
    slug: found.slug,
    name: found.name,
    professionName: found.profession_name,
    place: factsOf(found.jurisdiction).name,
    isDemo: found.is_demo,
    checks: credentials.map((credential) => ({
      ...checkShown(credential),
      id: credential.check_id,
      isOfRegister: isRegister(credential.register),
      methodCode: credential.method,
      isStale: credential.stale,
      /** How often the source is read again; papers are read again when they end. */
      everyDays: isRegister(credential.register) ? REGISTER_RECHECK_DAYS : null,
    })),
    notChecked: [
      ...(credentials.some(({ kind }) => kind === 'premises') ? [] : ['The premises.']),
      'What they say of themselves: the words, languages, fees and access to the rooms are their own.',
      'How somebody listens, and how their work turns out. No register knows that.',
      'Criminal records. We do not ask for them.',
    ],
  };
}

export type Checks = Awaited<ReturnType<typeof readChecks>>;

/** A credential with its latest confirmed check, as patients may read it. */
export function checkShown(credential: CheckedCredential) {
  const register = isRegister(credential.register) ? registers[credential.register] : undefined;
  const isProfessional = credential.kind === 'registration' && register === undefined;
  const what = isProfessional
    ? 'Professional certificate'
    : (credentialNames[credential.kind] ?? credential.kind);
  const title = lawful(credential.title);
  const source = register?.name ?? lawful(credential.issuer || credential.source);
  const checkedOn = formatCalendarDay(credential.checked_on);
  return {
    summary: `${what}: ${source}, ${checkedOn}`,
    what: title === '' ? what : title,
    register: source,
    ...(credential.source_url !== null && { registerHref: credential.source_url }),
    // A policy's or certificate's number is nobody's business; a register's is there to be looked up.
    ...(register !== undefined && { number: credential.number }),
    method: methodNames[credential.method] ?? credential.method,
    checked: { datetime: credential.checked_on, text: formatCalendarDate(credential.checked_on) },
    nextDue: { datetime: credential.next_due_on, text: formatCalendarDate(credential.next_due_on) },
    ...(credential.stale && {
      note: `The source could not be read again yet: last checked on ${checkedOn}.`,
    }),
  };
}
