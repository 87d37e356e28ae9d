import { sql } from 'kysely';
import type { Trx } from '#lib/server/platform/db.ts';
import { QUESTIONNAIRES, questionsOf } from './health-questions.ts';
import type { Questionnaire } from './questionnaires/questionnaire.ts';

/**
 * Writes every version of the health questions where the guards read what an answer says. Running it again changes
 * nothing; a version that was published in other words stops it.
 */
export async function publishQuestionnaires(trx: Trx): Promise<void> {
  for (const one of QUESTIONNAIRES) {
    const sections = JSON.stringify(one.sections);
    const written = await trx
      .insertInto('questionnaire')
      .values({ version: one.version, asked_from: one.askedFrom, sections })
      .onConflict((conflict) => conflict.doNothing())
      .returning('version')
      .executeTakeFirst();
    if (written === undefined) await requireSame(trx, one.version, sections);
    else await writeFindings(trx, one);
  }
}

async function writeFindings(trx: Trx, questionnaire: Questionnaire): Promise<void> {
  const rows = questionsOf(questionnaire).flatMap(({ code, options = [] }) =>
    options.flatMap(({ value, says = [] }) =>
      says.map((said) => ({
        questionnaire: questionnaire.version,
        question_code: code,
        answer: value,
        finding_code: said.code,
        severity: said.severity,
      })),
    ),
  );
  if (rows.length > 0) await trx.insertInto('answer_finding').values(rows).execute();
}

async function requireSame(trx: Trx, version: string, sections: string): Promise<void> {
  const same = await trx
    .selectFrom('questionnaire')
    .where('version', '=', version)
    .where(sql<boolean>`sections = ${sections}::jsonb`)
    .select('version')
    .executeTakeFirst();
  if (same === undefined)
    throw new Error(`Health questions ${version} were published in other words. Write a new version.`);
}
