import type { RefusalCode } from '../shared/refusal.ts';
import type { ConsultationDraft } from './consultation.ts';
import { CONTRAINDICATIONS } from './contraindications.ts';
import type { Raised } from './health-questions.ts';
import { RISKS } from './risks.ts';

/** What keeps a record from being signed: the field it belongs to, and the refusal that the database would answer with. */
export type Gap = { readonly field: string; readonly reason: RefusalCode; readonly message: string };

/**
 * What is missing before this draft can be signed with its outcome (G11). "Suitable" takes everything; any other outcome
 * can be signed at once, for it opens nothing. The mirror of the guards on `consultation_record`.
 */
export function gapsBeforeSigning(
  draft: ConsultationDraft,
  { requiredRisks, raised = [] }: { requiredRisks: readonly string[]; raised?: readonly Raised[] },
): Gap[] {
  if (draft.outcome === null)
    return [{ field: 'outcome', reason: 'invalid_input', message: 'Choose an outcome' }];
  if (draft.outcome !== 'suitable') return [];
  return [
    ...incompleteParts(draft),
    ...unansweredQuestions(draft),
    ...rulingAnswers(raised),
    ...unjudgedAnswers(draft, raised),
    ...rulingFindings(draft),
    ...unacknowledgedRisks(draft, requiredRisks),
  ];
}

function incompleteParts(draft: ConsultationDraft): Gap[] {
  const parts: [field: string, isGiven: boolean, message: string][] = [
    ['healthAnswersId', draft.healthAnswersId !== null, 'The health answers are missing: take them now'],
    ['identitySeen', draft.identitySeen, 'See the patient’s identity document'],
    ['ageSeen', draft.ageSeen, 'See the date of birth on the document'],
    ['chaperone', isWritten(draft.chaperone), 'Write down whether a chaperone was offered, and who it was'],
    ['capacity', draft.capacity === 'has_capacity', 'Suitable needs a patient who can decide'],
    ['ownChoice', draft.ownChoice, 'Ask whether it is the patient’s own choice'],
    [
      'bodyImageScreen',
      draft.bodyImageScreen === 'negative',
      draft.bodyImageScreen === 'positive'
        ? 'With this answer choose “not now” or “referred”'
        : 'Ask the body-image questions',
    ],
    ['region', draft.regions.length > 0, 'Choose at least one region'],
    ['examination', isWritten(draft.examination), 'Write down the examination'],
  ];
  return parts
    .filter(([, isGiven]) => !isGiven)
    .map(([field, , message]) => ({ field, reason: 'suitable_incomplete', message }));
}

function unansweredQuestions({ questions }: ConsultationDraft): Gap[] {
  return questions.flatMap(({ answer }, index): Gap[] =>
    isWritten(answer)
      ? []
      : [
          {
            field: `question-${index}-answer`,
            reason: 'question_unanswered',
            message: 'Answer the patient’s question',
          },
        ],
  );
}

/** What an answer rules out stays so until the patient answers otherwise. */
function rulingAnswers(raised: readonly Raised[]): Gap[] {
  return raised
    .filter(({ severity }) => severity === 'absolute')
    .map(({ question, answer }) => ({
      field: 'healthAnswersId',
      reason: 'answers_rule_out',
      message: `“${question}” was answered “${answer}”. If that is not right, take the answers again; otherwise choose “not now”, “referred” or “not suitable”`,
    }));
}

/** Each thing that an answer raises gets the prescriber's own word. */
function unjudgedAnswers({ findings }: ConsultationDraft, raised: readonly Raised[]): Gap[] {
  return raised
    .filter(({ finding }) => !findings.some(({ code }) => code === finding))
    .map(({ finding, answer }) => ({
      field: `contra-${finding}-present`,
      reason: 'finding_not_judged',
      message: `The patient answered “${answer}”: say whether it is so`,
    }));
}

function rulingFindings({ findings }: ConsultationDraft): Gap[] {
  return findings
    .filter(({ severity, present }) => present && severity === 'absolute')
    .map(({ code }) => ({
      field: `contra-${code}-present`,
      reason: 'suitable_ruled_out',
      message: `${CONTRAINDICATIONS.find((one) => one.code === code)?.text ?? code}: this rules out “suitable”`,
    }));
}

function unacknowledgedRisks({ risksAcknowledged }: ConsultationDraft, required: readonly string[]): Gap[] {
  return required
    .filter((code) => !risksAcknowledged.includes(code))
    .map((code) => ({
      field: `risk-${code}`,
      reason: 'risk_not_acknowledged',
      message: `${titleOf(code)}: tell the risk, and ask whether it was understood`,
    }));
}

function titleOf(code: string): string {
  return RISKS.find((risk) => risk.code === code)?.title ?? code;
}

function isWritten(text: string): boolean {
  return text.trim() !== '';
}
