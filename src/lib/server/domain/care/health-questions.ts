import type { Severity } from './contraindications.ts';
import type { HealthQuestion, Option, Questionnaire } from './questionnaires/questionnaire.ts';
import { VERSION_1 } from './questionnaires/version-1.ts';
import { VERSION_2 } from './questionnaires/version-2.ts';

/** Answers by question code, and the version that was asked. */
export type HealthAnswers = Readonly<Record<string, string>>;

/** Every version, the oldest first. */
export const QUESTIONNAIRES: readonly Questionnaire[] = [VERSION_1, VERSION_2];

/** What is asked on a day. */
export function questionnaireOn(day: string): Questionnaire {
  return QUESTIONNAIRES.findLast(({ askedFrom }) => askedFrom <= day) ?? QUESTIONNAIRES[0]!;
}

/** The questions of a version, in their order. */
export function questionsOf({ sections }: Questionnaire): HealthQuestion[] {
  return sections.flatMap(({ questions }) => questions);
}

/** Whether a question is put to somebody who answers so. */
export function isAsked(question: HealthQuestion, answers: HealthAnswers): boolean {
  return question.ifYesTo === undefined || answers[question.ifYesTo] === 'yes';
}

/** One answered question. */
export type AnsweredLine = { code: string; question: string; answer: string };

/** What was answered, one line for each question, as it was asked then. */
export function describeHealthAnswers(answers: unknown): AnsweredLine[] {
  const given = (answers ?? {}) as HealthAnswers;
  const questions = questionsOf(versionOf(given)).filter(({ answer }) => answer !== 'date');
  const asked = questions.filter((question) => isAsked(question, given));
  const others = Object.keys(given)
    .filter((code) => code !== 'version' && !questions.some((question) => question.code === code))
    .map((code) => ({ code, question: sentence(code), answer: wordFor(OPTIONS, given[code]!) }));
  return [
    ...asked.map(({ code, text, options }) => ({
      code,
      question: text,
      answer: wordFor(options ?? OPTIONS, given[code] ?? ''),
    })),
    ...others,
  ].filter(({ answer }) => answer !== '');
}

/** What an answer says against a treatment: the question, the answer, the finding and its weight. */
export type Raised = AnsweredLine & { readonly finding: string; readonly severity: Severity };

/** Everything that the answers raise, in the order of the questions. The mirror of `health_findings()`. */
export function raisedBy(answers: unknown): Raised[] {
  const given = (answers ?? {}) as HealthAnswers;
  const lines = describeHealthAnswers(given);
  return questionsOf(versionOf(given)).flatMap(({ code, options = [] }) => {
    const line = lines.find((one) => one.code === code);
    const said = options.find(({ value }) => value === given[code])?.says ?? [];
    return line === undefined
      ? []
      : said.map((one) => ({ ...line, finding: one.code, severity: one.severity }));
  });
}

const OPTIONS: readonly Option[] = [
  { value: 'no', label: 'No' },
  { value: 'yes', label: 'Yes' },
  { value: 'unsure', label: 'Not sure' },
];

function versionOf({ version }: HealthAnswers): Questionnaire {
  return QUESTIONNAIRES.find((one) => one.version === version) ?? QUESTIONNAIRES[0]!;
}

function wordFor(options: readonly Option[], answer: string): string {
  return options.find(({ value }) => value === answer)?.label ?? answer;
}

function sentence(code: string): string {
  const words = code.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
