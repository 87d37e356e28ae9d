import { describe, expect, it } from 'vitest';
import type { ConsultationDraft } from '#lib/server/domain/care/consultation.ts';
import { gapsBeforeSigning } from '#lib/server/domain/care/readiness.ts';

const ready: ConsultationDraft = {
  healthAnswersId: 'answers',
  identitySeen: true,
  identityDocument: 'passport',
  ageSeen: true,
  seenAlone: true,
  chaperone: 'Declined',
  capacity: 'has_capacity',
  ownChoice: true,
  interpreter: '',
  teachBack: '',
  bodyImageScreen: 'negative',
  concerns: [],
  regions: ['frown_lines'],
  history: '',
  examination: 'Even.',
  face: {},
  browHeight: '',
  lidPosition: '',
  dryEye: '',
  baseline: '',
  movementToKeep: '',
  desiredResult: '',
  alternatives: '',
  plan: '',
  outcome: 'suitable',
  questions: [{ question: 'Does it hurt?', answer: 'A little.' }],
  findings: [],
  risksTold: ['bruising'],
  risksAcknowledged: ['bruising'],
};

const gaps = (changed: Partial<ConsultationDraft>) =>
  gapsBeforeSigning({ ...ready, ...changed }, { requiredRisks: ['bruising'] });

describe('“suitable”', () => {
  it('can be signed when nothing is missing', () => {
    expect(gaps({})).toEqual([]);
  });

  it.each<[Partial<ConsultationDraft>, field: string, message: string]>([
    [{ healthAnswersId: null }, 'healthAnswersId', 'The health answers are missing: take them now'],
    [{ identitySeen: false }, 'identitySeen', 'See the patient’s identity document'],
    [{ ageSeen: false }, 'ageSeen', 'See the date of birth on the document'],
    [{ chaperone: ' ' }, 'chaperone', 'Write down whether a chaperone was offered, and who it was'],
    [{ capacity: 'in_doubt' }, 'capacity', 'Suitable needs a patient who can decide'],
    [{ capacity: '' }, 'capacity', 'Suitable needs a patient who can decide'],
    [{ ownChoice: false }, 'ownChoice', 'Ask whether it is the patient’s own choice'],
    [{ bodyImageScreen: '' }, 'bodyImageScreen', 'Ask the body-image questions'],
    [{ bodyImageScreen: 'positive' }, 'bodyImageScreen', 'With this answer choose “not now” or “referred”'],
    [{ regions: [] }, 'region', 'Choose at least one region'],
    [{ examination: '\n' }, 'examination', 'Write down the examination'],
  ])('needs %o filled', (changed, field, message) => {
    expect(gaps(changed)).toEqual([{ field, reason: 'suitable_incomplete', message }]);
  });

  it('needs every question of the patient answered', () => {
    const questions = [...ready.questions, { question: 'And if I do nothing?', answer: ' ' }];
    expect(gaps({ questions })).toEqual([
      {
        field: 'question-1-answer',
        reason: 'question_unanswered',
        message: 'Answer the patient’s question',
      },
    ]);
  });

  it('is ruled out by an absolute finding that is present, and by no other', () => {
    const finding = { code: 'pregnancy', severity: 'absolute', present: true, note: '' } as const;
    expect(gaps({ findings: [finding] })).toEqual([
      {
        field: 'contra-pregnancy-present',
        reason: 'suitable_ruled_out',
        message: 'Pregnant, or may be: this rules out “suitable”',
      },
    ]);
    expect(
      gaps({
        findings: [
          { ...finding, present: false },
          { ...finding, severity: 'relative' },
        ],
      }),
    ).toEqual([]);
  });

  it('is ruled out by an answer until the patient answers otherwise, and wants a word on whatever answers raise', () => {
    const said = { code: 'pregnant', question: 'Are you pregnant?', answer: 'Yes', finding: 'pregnancy' };
    const raised = [
      { ...said, severity: 'absolute' },
      { ...said, question: 'Do you bruise?', finding: 'bleeding', severity: 'caution' },
    ] as const;
    const findings = [{ code: 'pregnancy', severity: 'absolute', present: false, note: '' }] as const;
    expect(gapsBeforeSigning({ ...ready, findings }, { requiredRisks: [], raised })).toEqual([
      {
        field: 'healthAnswersId',
        reason: 'answers_rule_out',
        message:
          '“Are you pregnant?” was answered “Yes”. If that is not right, take the answers again; otherwise choose “not now”, “referred” or “not suitable”',
      },
      {
        field: 'contra-bleeding-present',
        reason: 'finding_not_judged',
        message: 'The patient answered “Yes”: say whether it is so',
      },
    ]);
    expect(gapsBeforeSigning({ ...ready, outcome: 'defer' }, { requiredRisks: [], raised })).toEqual([]);
  });

  it('wants a word on each thing that answers raise, whatever else was judged', () => {
    const said = {
      code: 'bruise',
      question: 'Do you bruise?',
      answer: 'Yes',
      finding: 'bleeding',
      severity: 'caution',
    } as const;
    const judged = (...codes: string[]) =>
      gapsBeforeSigning(
        {
          ...ready,
          findings: codes.map((code) => ({ code, severity: 'caution', present: false, note: '' })),
        },
        { requiredRisks: [], raised: [said] },
      ).map(({ field }) => field);
    expect(judged()).toEqual(['contra-bleeding-present']);
    expect(judged('keloid')).toEqual(['contra-bleeding-present']);
    expect(judged('keloid', 'bleeding')).toEqual([]);
  });

  it('names a finding or a risk that it has no words for by its code', () => {
    const findings = [{ code: 'moonstruck', severity: 'absolute', present: true, note: '' }] as const;
    expect(gaps({ findings }).map(({ message }) => message)).toEqual([
      'moonstruck: this rules out “suitable”',
    ]);
    expect(
      gapsBeforeSigning(ready, { requiredRisks: ['lid_droop', 'moonlight'] }).map(({ field, message }) => [
        field,
        message,
      ]),
    ).toEqual([
      ['risk-lid_droop', 'Drooping eyelid or brow: tell the risk, and ask whether it was understood'],
      ['risk-moonlight', 'moonlight: tell the risk, and ask whether it was understood'],
    ]);
  });

  it('counts what answers raise only where they raise anything', () => {
    expect(gapsBeforeSigning(ready, { requiredRisks: [], raised: [] })).toEqual([]);
  });

  it('needs each risk acknowledged, not only told', () => {
    expect(gaps({ risksAcknowledged: [] })).toEqual([
      {
        field: 'risk-bruising',
        reason: 'risk_not_acknowledged',
        message: 'Bruising and swelling: tell the risk, and ask whether it was understood',
      },
    ]);
  });

  it('names all that is missing at once', () => {
    expect(
      gaps({ ageSeen: false, examination: '', risksAcknowledged: [] }).map(({ field }) => field),
    ).toEqual(['ageSeen', 'examination', 'risk-bruising']);
  });
});

it('can be signed with any other outcome as it stands', () => {
  const empty = { identitySeen: false, ownChoice: false, examination: '', risksAcknowledged: [] };
  for (const outcome of ['not_suitable', 'defer', 'refer'] as const)
    expect(gaps({ ...empty, outcome })).toEqual([]);
});

it('cannot be signed without an outcome', () => {
  expect(gaps({ outcome: null })).toEqual([
    { field: 'outcome', reason: 'invalid_input', message: 'Choose an outcome' },
  ]);
});
