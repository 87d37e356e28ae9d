import type { ConsultationDraft } from '#lib/server/domain/care/consultation.ts';
import { RISKS } from '#lib/server/domain/care/risks.ts';
import type { TreatmentDraft } from '#lib/server/domain/care/treatment.ts';

const codes = RISKS.map(({ code }) => code);

/** A draft that can be signed suitable, once it has health answers. */
export function draft(about: Partial<ConsultationDraft> = {}): ConsultationDraft {
  return {
    healthAnswersId: null,
    identitySeen: true,
    identityDocument: 'passport',
    ageSeen: true,
    seenAlone: true,
    chaperone: 'Offered and declined',
    capacity: 'has_capacity',
    ownChoice: true,
    interpreter: '',
    teachBack: '',
    bodyImageScreen: 'negative',
    concerns: ['frown_lines'],
    regions: ['frown_lines'],
    history: '',
    examination: 'Even movement on both sides.',
    face: { frown_lines: { strength: 'moderate', stronger: 'same', note: '' } },
    baseline: '',
    browHeight: 'level',
    lidPosition: 'normal',
    dryEye: 'no',
    movementToKeep: 'Some',
    desiredResult: '',
    alternatives: 'Doing nothing',
    plan: 'Soften',
    outcome: 'suitable',
    questions: [{ question: 'Does it hurt?', answer: 'A little.' }],
    findings: [{ code: 'pregnancy', severity: 'absolute', present: false, note: '' }],
    risksTold: codes,
    risksAcknowledged: codes,
    ...about,
  };
}

/** What was done, as prescribed. */
export function given(about: Partial<TreatmentDraft> = {}): TreatmentDraft {
  return {
    productCode: 'botox',
    productName: 'Botox',
    batch: 'C7431A',
    batchExpiresOn: '2099-01-01',
    vialId: null,
    diluentMl: 1.25,
    immediateReaction: '',
    note: '',
    endedAs: 'completed',
    points: [{ region: 'frown_lines', side: 'midline', x: 0.5, y: 0.4, units: 20 }],
    ...about,
  };
}
