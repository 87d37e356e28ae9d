import { paths } from '#lib/paths.ts';
import type { Db, Queryable } from '#lib/server/platform/db.ts';
import { recordAudit, recordPatientAudits } from '../audit/record-audit.ts';
import { requireStaff } from '../oversight/access.ts';
import { factsOf, type Jurisdiction } from '../policy/codes.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { formatCalendarDate, formatDate } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requireOwnCase, requireOwnPractitioner } from './access.ts';
import { caseToReview } from './decide-case.ts';
import { PURPOSE_CODES, PURPOSES, WORDS } from './photo-consent.ts';
import { LAW_WORDS, mayChange, REACH_WORDS, SIDES, STATE_WORDS, type Side } from './portfolio-case.ts';
import {
  findCases,
  findMyConsents,
  findPictures,
  findPublicCases,
  findRendition,
  findTreated,
  mayBePublic,
  type CaseRow,
  type PictureRow,
} from './queries.ts';

/** Staff read one clock, whoever and wherever they are. */
const STAFF_ZONE = 'Europe/London';

/** A picture as pages show it: what browsers choose from, and the tiny one that is there first. */
export interface ShownPicture {
  side: Side;
  placeholder: string;
  src: string;
  width: number;
  height: number;
  sources: { type: string; srcset: string }[];
}

function shownPicture({ side, placeholder, renditions }: PictureRow): ShownPicture {
  const ofType = (type: string) => renditions.filter((one) => one.type === type && !one.whole);
  const srcset = (type: string) =>
    ofType(type)
      .map(({ id, width }) => `${paths.picture(id)} ${width}w`)
      .join(', ');
  const plain = ofType('image/jpeg').at(-1)!;
  return {
    side,
    placeholder,
    src: paths.picture(plain.id),
    width: plain.width,
    height: plain.height,
    sources: ['image/avif', 'image/webp', 'image/jpeg'].map((type) => ({ type, srcset: srcset(type) })),
  };
}

/** Both pictures, or null where one is missing. */
function pairOf(pictures: readonly PictureRow[]): Record<Side, ShownPicture> | null {
  const [before, after] = SIDES.map((side) => pictures.find((one) => one.side === side));
  return before && after ? { before: shownPicture(before), after: shownPicture(after) } : null;
}

function shownCase(
  row: Pick<CaseRow, 'id' | 'daysSince' | 'beforeOn' | 'afterOn' | 'regions' | 'askedFor' | 'why'>,
) {
  return {
    id: row.id,
    daysSince: row.daysSince,
    before: formatCalendarDate(row.beforeOn),
    after: formatCalendarDate(row.afterOn),
    regions: row.regions,
    askedFor: row.askedFor,
    why: row.why,
  };
}

/** A page of pictures is there only where the law lets everybody see any; elsewhere it says why it is not. */
export async function requirePublicPictures(
  db: Queryable,
  { id, jurisdiction }: { id: string; jurisdiction: string },
): Promise<void> {
  if (!(await mayBePublic(db, jurisdiction, id))) throw new Refusal('pictures_not_public');
}

/** The cases on a public page. One query; what may not be shown at this moment the database leaves out. */
export async function readPublicCases(db: Queryable, practitionerId: string) {
  const rows = await findPublicCases(db, practitionerId);
  return rows.flatMap((row) => {
    const pictures = pairOf(row.pictures ?? []);
    return pictures === null ? [] : [{ ...shownCase(row), pictures }];
  });
}

/** One size of a picture, for whoever may see it at this moment; for anybody else it does not exist (P1). */
export async function readRendition(db: Db, actor: Actor, id: string) {
  const found = await transact(db, actor, (trx) => findRendition(trx, id));
  if (found === undefined) throw new Refusal('not_found');
  return found;
}

/** What the patient was asked about pictures, treatment by treatment, and where some are shown now. */
export async function readMyPhotos(db: Db, actor: Actor) {
  const accountId = accountOf(actor);
  if (accountId === null) throw new Refusal('sign_in_needed');
  return transact(db, actor, async (trx) => {
    const rows = await findMyConsents(trx, accountId);
    const pictures = await findPictures(
      trx,
      rows.flatMap(({ caseId }) => caseId ?? []),
    );
    return [...new Set(rows.map(({ treatmentId }) => treatmentId))].map((treatmentId) => {
      const its = rows.filter((row) => row.treatmentId === treatmentId);
      const [first] = its;
      return {
        treatmentId,
        practitioner: first!.practitionerName,
        day: formatDate(first!.startedAt, first!.timeZone),
        shown:
          first!.reach === 'public'
            ? { text: 'Shown on the public page now', href: paths.practitioner(first!.slug) }
            : first!.reach === 'consultation'
              ? { text: 'May be shown in a consultation now', href: null }
              : null,
        pictures: pairOf(pictures.filter(({ caseId }) => caseId === first!.caseId)),
        uses: PURPOSE_CODES.flatMap((purpose) => {
          const row = its.find((one) => one.purpose === purpose);
          return row === undefined
            ? []
            : [
                {
                  purpose,
                  ...PURPOSES[purpose],
                  word: row.word,
                  wordText: WORDS[row.word],
                  since: formatDate(row.saidAt, row.timeZone),
                },
              ];
        }),
      };
    });
  });
}

/** The practitioner's cases, whom may be asked, and what the law allows here. */
export async function readDeskPortfolio(db: Db, actor: Actor) {
  return transact(db, actor, async (trx) => {
    const practitioner = await requireOwnPractitioner(trx, actor);
    const cases = await findCases(trx, { practitionerId: practitioner.id });
    const pictures = await findPictures(
      trx,
      cases.map(({ id }) => id),
    );
    const treated = await findTreated(trx, practitioner.id);
    await recordPatientAudits(
      trx,
      treated.map(({ patientId }) => patientId),
      { action: 'photo_consent.read', subjectType: 'practitioner', subjectId: practitioner.id },
    );
    return {
      law: LAW_WORDS[practitioner.lawful] ?? LAW_WORDS.never!,
      cases: cases.map((row) => ({
        ...shownCase(row),
        state: row.state,
        stateText: row.isAgreed
          ? STATE_WORDS[row.state]
          : 'The patient no longer agrees; the pictures are gone',
        reachText: REACH_WORDS[row.reach],
        isShown: row.reach !== 'nowhere',
        reason: row.state === 'refused' ? row.reason : null,
        thumbnail: pairOf(pictures.filter(({ caseId }) => caseId === row.id))?.after ?? null,
      })),
      treated: treated.map((row) => ({
        treatmentId: row.treatmentId,
        patient: row.patientName,
        day: formatDate(row.startedAt, row.timeZone),
        uses: PURPOSE_CODES.map((purpose) => ({
          purpose,
          title: PURPOSES[purpose].title,
          wordText: row.words[purpose] === undefined ? 'Not asked' : WORDS[row.words[purpose]],
        })),
        mayAsk: PURPOSE_CODES.filter((purpose) => row.words[purpose] === undefined),
        mayBegin: row.mayBegin,
        caseId: row.caseId,
      })),
    };
  });
}

/** The treatment that a new case is about. */
export async function readNewCase(db: Db, actor: Actor, treatmentId: string) {
  return transact(db, actor, async (trx) => {
    const practitioner = await requireOwnPractitioner(trx, actor);
    const [row] = await findTreated(trx, practitioner.id, treatmentId);
    if (row === undefined) throw new Refusal('not_found');
    await recordPatientAudits(trx, [row.patientId], {
      action: 'photo_consent.read',
      subjectType: 'appointment',
      subjectId: treatmentId,
    });
    return {
      patient: row.patientName,
      day: formatDate(row.startedAt, row.timeZone),
      treatedOn: row.startedAt.toZonedDateTimeISO(row.timeZone).toPlainDate().toString(),
      mayBegin: row.mayBegin,
      caseId: row.caseId,
    };
  });
}

/** One case of the practitioner's own, with its pictures as they would be shown. */
export async function readDeskCase(db: Db, actor: Actor, caseId: string) {
  return transact(db, actor, async (trx) => {
    const row = await requireOwnCase(trx, actor, caseId);
    const pictures = await findPictures(trx, [caseId]);
    await recordPatientAudits(trx, [row.patientId], {
      action: 'portfolio.read',
      subjectType: 'portfolio_case',
      subjectId: caseId,
    });
    return {
      ...shownCase(row),
      values: {
        beforeOn: row.beforeOn,
        afterOn: row.afterOn,
        regions: row.regions,
        askedFor: row.askedFor,
        why: row.why,
      },
      treated: formatCalendarDate(row.treatedOn),
      state: row.state,
      stateText: STATE_WORDS[row.state],
      reach: row.reach,
      reachText: REACH_WORDS[row.reach],
      reason: row.state === 'refused' ? row.reason : null,
      isAgreed: row.isAgreed,
      mayChange: row.isAgreed && mayChange(row.state),
      pictures: pairOf(pictures),
      sides: SIDES.map((side) => {
        const picture = pictures.find((one) => one.side === side);
        return { side, picture: picture === undefined ? null : shownPicture(picture) };
      }),
    };
  });
}

/** One side of a case, to be framed like the other. */
export async function readDeskPicture(db: Db, actor: Actor, caseId: string, side: Side) {
  return transact(db, actor, async (trx) => {
    const row = await requireOwnCase(trx, actor, caseId);
    const pictures = await findPictures(trx, [caseId]);
    await recordPatientAudits(trx, [row.patientId], {
      action: 'portfolio.read',
      subjectType: 'portfolio_case',
      subjectId: caseId,
    });
    const picture = pictures.find((one) => one.side === side);
    const other = pictures.find((one) => one.side !== side);
    const whole = picture?.renditions.find((one) => one.whole);
    return {
      caseId,
      side,
      mayChange: row.isAgreed && mayChange(row.state),
      picture:
        picture === undefined || whole === undefined
          ? null
          : {
              ...shownPicture(picture),
              crop: picture.crop,
              whole: { src: paths.picture(whole.id), width: whole.width, height: whole.height },
            },
      other: other === undefined ? null : shownPicture(other),
    };
  });
}

/** What waits for a reviewer, the oldest first, and what was approved last. */
export async function readPortfolioQueue(db: Db, actor: Actor) {
  return transact(db, actor, async (trx) => {
    const accountId = await requireStaff(trx, actor, 'reviewer');
    const waiting = await findCases(trx, { state: 'sent' });
    return waiting
      .filter(({ practitionerAccountId }) => practitionerAccountId !== accountId)
      .map((row) => ({
        id: row.id,
        about: row.practitionerName,
        place: factsOf(row.jurisdiction as Jurisdiction).name,
        regions: row.regions,
        sent: formatDate(row.sentAt!, STAFF_ZONE),
      }))
      .toReversed();
  });
}

/** One case as a reviewer judges it. Who the patient is, is not said; that somebody looked is written down (P2). */
export async function readStaffCase(db: Db, actor: Actor, caseId: string) {
  return transact(db, actor, async (trx) => {
    const row = await caseToReview(trx, actor, caseId);
    const pictures = await findPictures(trx, [caseId]);
    await recordAudit(trx, {
      stream: { kind: 'patient', id: row.patientId },
      action: 'portfolio.read',
      subjectType: 'portfolio_case',
      subjectId: caseId,
    });
    return {
      ...shownCase(row),
      about: row.practitionerName,
      profileHref: paths.practitioner(row.slug),
      place: factsOf(row.jurisdiction).name,
      state: row.state,
      stateText: STATE_WORDS[row.state],
      reachText: REACH_WORDS[row.reach],
      isAgreed: row.isAgreed,
      mayDecide: row.state === 'sent' && row.isAgreed,
      reason: row.reason,
      pictures: pairOf(pictures),
    };
  });
}
