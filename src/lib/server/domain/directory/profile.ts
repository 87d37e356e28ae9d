import { money } from '#lib/format/money.ts';
import { paths } from '#lib/paths.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { freeSlots, slotDays } from '../availability/reads.ts';
import { registers } from '../credentials/registers.ts';
import { formatCalendarDate, formatZone } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { languageName } from './documents.ts';
import {
  findCheckedCredentials,
  findColleagues,
  findListedPractices,
  findPractitioner,
  findWorkplaces,
  type CheckedCredential,
} from './queries.ts';

const DAYS_ON_A_PAGE = 7;
const LAST_DAY = 84;

const credentialNames: Record<string, string> = {
  registration: 'Registration',
  prescribing_right: 'Right to prescribe',
  qualification: 'Qualification',
  toxin_training: 'Training in this field, hands-on and supervised',
  life_support: 'Life support',
  indemnity_insurance: 'Indemnity insurance',
  premises: 'Premises',
};

const methodNames: Record<string, string> = {
  register_page: 'read on the register’s own page',
  register_file: 'compared with the register’s own file',
  document: 'document seen, and confirmed with who issued it',
};

/** What a profession may do here, in plain words that may stand on any page. */
function roleInWords(may: { consult: boolean; prescribe: boolean }, professionName: string): string {
  if (may.consult && may.prescribe) {
    return `${professionName}. May hold your consultation, examine you, and decide with you what, if anything, is right for you.`;
  }
  return `${professionName}. Sees you only after a face-to-face consultation with a prescriber who knows you.`;
}

/**
 * A practitioner's public page. Who was never approved does not exist; who was, and is not listed now, has a page with
 * one neutral sentence (L2). `fromDay` counts days from today, for more times.
 */
export async function readProfile(db: Db, slug: string, fromDay: number) {
  const found = await findPractitioner(db, slug);
  if (found === undefined || (found.jurisdiction === null && !found.was_listed))
    throw new Refusal('not_found');
  const name = [found.title, found.display_name].filter(Boolean).join(' ');
  if (found.jurisdiction === null) return { listed: false as const, name };

  const [workplaces, credentials, colleagues, practices] = await Promise.all([
    findWorkplaces(db, found.id),
    findCheckedCredentials(db, found.id),
    findColleagues(db, found.id),
    findListedPractices(db, [found.id]),
  ]);
  const { timeZone } = workplaces[0]!;
  const consultant = practices.find(({ mayConsult, consultantId }) => !mayConsult && consultantId !== null);
  const offset = Math.max(0, Math.min(LAST_DAY, Math.floor(fromDay) || 0));
  const today = found.now.toZonedDateTimeISO(timeZone).toPlainDate();
  const slots = await freeSlots(db, {
    slug: consultant?.consultantSlug ?? found.slug,
    from: today.add({ days: offset }).toString(),
    to: today.add({ days: offset + DAYS_ON_A_PAGE - 1 }).toString(),
  });
  const bookingSlug = consultant?.consultantSlug ?? found.slug;
  const may = { consult: found.may_consult === true, prescribe: found.may_prescribe === true };
  return {
    listed: true as const,
    slug: found.slug,
    name,
    nativeName: found.native_name,
    pronouns: found.pronouns,
    professionName: found.profession_name,
    role: roleInWords(may, found.profession_name),
    mayConsult: may.consult,
    headline: found.headline,
    paragraphs: found.biography.split('\n\n').filter(Boolean),
    languages: found.languages.map(languageName),
    years: found.practising_since === null ? null : today.year - found.practising_since,
    regions: found.regions,
    portraitSeed: found.portrait_seed,
    isDemo: found.is_demo,
    jurisdiction: found.jurisdiction,
    seenFirst: consultant && {
      name: consultant.consultantName!,
      href: paths.practitioner(consultant.consultantSlug!),
    },
    colleagues: colleagues.map((one) => ({
      name: one.name,
      professionName: one.profession_name,
      href: paths.practitioner(one.slug),
      supervises: one.supervises,
    })),
    workplaces: workplaces.map((place) => ({
      ...place,
      zone: formatZone(place.timeZone),
      fee:
        place.feeMinor === 0
          ? 'Free of charge'
          : money(place.feeMinor, place.currency, found.jurisdiction === 'texas' ? 'en-US' : 'en-GB'),
      days: slotDays(
        slots.filter(({ locationId }) => locationId === place.locationId),
        (slot) => paths.book(bookingSlug, slot.locationId, slot.start.toString()),
      ),
    })),
    checks: credentials.map(checkShown),
    earlier:
      offset > 0 ? paths.practitioner(slug, { from: Math.max(0, offset - DAYS_ON_A_PAGE) || null }) : null,
    later:
      offset + DAYS_ON_A_PAGE <= LAST_DAY
        ? paths.practitioner(slug, { from: offset + DAYS_ON_A_PAGE })
        : null,
  };
}

function checkShown(credential: CheckedCredential) {
  const register =
    credential.register === null ? undefined : registers[credential.register as keyof typeof registers];
  return {
    what: credentialNames[credential.kind] ?? credential.kind,
    note:
      credential.title === ''
        ? credential.issuer
        : `${credential.title}${credential.issuer === '' ? '' : `, ${credential.issuer}`}`,
    register: register?.name ?? credential.source,
    ...(credential.source_url !== null && { registerHref: credential.source_url }),
    // A policy's or certificate's number is nobody's business; a register's is there to be looked up.
    ...(register !== undefined && { number: credential.number }),
    method: methodNames[credential.method] ?? credential.method,
    checked: { datetime: credential.checked_on, text: formatCalendarDate(credential.checked_on) },
    nextDue: { datetime: credential.next_due_on, text: formatCalendarDate(credential.next_due_on) },
  };
}
