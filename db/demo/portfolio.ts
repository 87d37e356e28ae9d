import { sql } from 'kysely';
import sharp from 'sharp';
import type { Db } from '#lib/server/platform/db.ts';
import { agreeToPhotos } from '#lib/server/domain/portfolio/answer-photos.ts';
import { askForPhotos } from '#lib/server/domain/portfolio/ask-for-photos.ts';
import { approveCase, sendCase } from '#lib/server/domain/portfolio/decide-case.ts';
import type { CaseWords } from '#lib/server/domain/portfolio/input.ts';
import { takePicture } from '#lib/server/domain/portfolio/take-picture.ts';
import { beginCase } from '#lib/server/domain/portfolio/write-case.ts';
import { texasPrescriber } from './cast.ts';

const SIZE = { width: 1080, height: 1350 };

/** What the two drawings of a case differ in: how deep lines are, and how high brows stand. */
interface Look {
  frown: number;
  forehead: number;
  brows: number;
}

const cases: (Pick<CaseWords, 'regions' | 'askedFor' | 'why'> & { before: Look; after: Look })[] = [
  {
    regions: ['frown_lines'],
    askedFor: 'A demo drawing of nobody. To be asked less often whether anything is wrong.',
    why: 'A demo drawing of nobody. Little on each side, so that the brows can still meet when they mean it.',
    before: { frown: 1, forehead: 0.25, brows: -3 },
    after: { frown: 0.15, forehead: 0.25, brows: 1 },
  },
  {
    regions: ['forehead_lines'],
    askedFor: 'A demo drawing of nobody. Softer lines across the forehead, and still able to look surprised.',
    why: 'A demo drawing of nobody. High up and sparing: the brows carry the lids, and those must not drop.',
    before: { frown: 0.2, forehead: 1, brows: 2 },
    after: { frown: 0.2, forehead: 0.3, brows: 0 },
  },
];

/** A face that is nobody's, drawn in a few lines, and it says so. */
async function drawing({ frown, forehead, brows }: Look): Promise<Buffer> {
  const line = (d: string, width: number, depth: number) =>
    `<path d="${d}" stroke-width="${width}" opacity="${depth}"/>`;
  const both = (d: string) => `${d}<g transform="matrix(-1 0 0 1 400 0)">${d}</g>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 500" width="${SIZE.width}" height="${SIZE.height}">
    <rect width="400" height="500" fill="#dbe5e0"/>
    <path d="M60 500C70 440 130 430 150 405V350H250V405C270 430 330 440 340 500Z" fill="#f7f2e8" stroke="#22302c" stroke-width="2.4"/>
    <path d="M84 220C70 60 330 60 316 220C316 330 262 398 200 398S84 330 84 220Z" fill="#fbf7ef" stroke="#22302c" stroke-width="3"/>
    <path d="M82 212C70 40 330 40 318 212C300 130 250 112 200 112S100 130 82 212Z" fill="#5d6f69" stroke="#22302c" stroke-width="2"/>
    <g fill="none" stroke="#22302c" stroke-linecap="round">
      ${both(`<g transform="translate(0 ${-brows})">${line('M116 208Q142 190 178 206', 6, 1)}</g>`)}
      ${both(line('M118 236Q142 220 166 236Q142 246 118 236', 2.4, 1) + '<circle cx="142" cy="233" r="6" fill="#22302c" stroke="none"/>')}
      ${both(line('M191 216Q186 202 190 188', 2.6, frown))}
      ${line('M130 168Q200 156 270 168', 2.2, forehead)}${line('M124 150Q200 137 276 150', 2.2, forehead)}${line('M138 184Q200 174 262 184', 2, forehead * 0.8)}
      ${line('M188 286Q200 296 212 286', 2.4, 1)}${line('M162 334Q200 352 238 334', 3.4, 1)}
    </g>
    <g font-family="sans-serif" font-size="19" fill="#22302c"><text x="16" y="34">Demo drawing, nobody’s face</text></g></svg>`;
  // The application opens no SVG; only this drawing of its own does, and only while it is made.
  const svgLoader = { operation: ['VipsForeignLoadSvgBuffer'] };
  sharp.unblock(svgLoader);
  try {
    return await sharp(Buffer.from(svg)).png().toBuffer();
  } finally {
    sharp.block(svgLoader);
  }
}

/** Two cases on the page of a practitioner where the law lets everybody see them, made by the commands that people use. */
export async function seedPortfolio(db: Db): Promise<void> {
  const { rows } = await sql<{
    id: string;
    practitioner: string;
    patient: string;
    reviewer: string;
    on: string;
  }>`
    SELECT a.id, p.account_id AS practitioner, t.account_id AS patient, (a.started_at AT TIME ZONE a.time_zone)::date::text AS on,
           (SELECT account_id FROM staff WHERE role = 'reviewer' ORDER BY account_id LIMIT 1) AS reviewer
      FROM appointment a JOIN practitioner p ON p.id = a.practitioner_id JOIN patient t ON t.id = a.patient_id
     WHERE p.slug = ${texasPrescriber.slug} AND a.kind = 'treatment' AND a.state = 'completed' AND t.account_id IS NOT NULL
       AND a.started_at < app_now() - interval '16 days' ORDER BY a.started_at DESC, a.id LIMIT ${cases.length}`.execute(
    db,
  );
  const as = (accountId: string) => ({ kind: 'account' as const, accountId });
  for (const [index, visit] of rows.entries()) {
    const { before, after, ...words } = cases[index]!;
    const treatedOn = Temporal.PlainDate.from(visit.on);
    const which = { treatmentId: visit.id };
    await askForPhotos(db, as(visit.practitioner), {
      ...which,
      purpose: ['record', 'consultation', 'public'],
    });
    await agreeToPhotos(db, as(visit.patient), { ...which, purpose: 'public' });
    const { caseId } = await beginCase(db, as(visit.practitioner), which, {
      ...words,
      beforeOn: treatedOn.subtract({ days: 1 }).toString(),
      afterOn: treatedOn.add({ days: 14 }).toString(),
    });
    for (const [side, look] of [
      ['before', before],
      ['after', after],
    ] as const)
      await takePicture(db, as(visit.practitioner), { caseId, side }, await drawing(look));
    await sendCase(db, as(visit.practitioner), { caseId });
    await approveCase(db, as(visit.reviewer), { caseId });
  }
}
