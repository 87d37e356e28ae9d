import { describe, expect, it } from 'vitest';
import { evaluatePolicy } from '#lib/server/domain/policy/evaluate.ts';
import { POLICY_ROWS } from '#lib/server/domain/policy/rows.ts';
import { allowedOn, decisionTable } from './decisions.ts';

decisionTable(
  'england',
  `
2026-12-01 | doctor                                   | consult in person        | yes | yes | NMC, face to face before prescribing
2026-12-01 | doctor                                   | consult by video         | no  | no  | NMC, face to face before prescribing
2026-12-01 | doctor                                   | prescribe                | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | doctor                                   | inject                   | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | doctor                                   | have a nurse inject      | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | doctor                                   | have a lay person inject | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | dentist                                  | consult in person        | yes | yes | NMC, face to face before prescribing
2026-12-01 | dentist                                  | consult by video         | no  | no  | NMC, face to face before prescribing
2026-12-01 | dentist                                  | prescribe                | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | dentist                                  | inject                   | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | dentist                                  | have a nurse inject      | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | dentist                                  | have a lay person inject | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_prescriber                         | consult in person        | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_prescriber                         | consult by video         | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_prescriber                         | prescribe                | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_prescriber                         | inject                   | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_prescriber                         | have a nurse inject      | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_prescriber                         | have a lay person inject | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_prescriber +prescribing_right      | consult in person        | yes | yes | NMC, face to face before prescribing
2026-12-01 | nurse_prescriber +prescribing_right      | consult by video         | no  | no  | NMC, face to face before prescribing
2026-12-01 | nurse_prescriber +prescribing_right      | prescribe                | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_prescriber +prescribing_right      | inject                   | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_prescriber +prescribing_right      | have a nurse inject      | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_prescriber +prescribing_right      | have a lay person inject | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | pharmacist_prescriber                    | consult in person        | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | pharmacist_prescriber                    | consult by video         | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | pharmacist_prescriber                    | prescribe                | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | pharmacist_prescriber                    | inject                   | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | pharmacist_prescriber                    | have a nurse inject      | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | pharmacist_prescriber                    | have a lay person inject | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | pharmacist_prescriber +prescribing_right | consult in person        | yes | yes | NMC, face to face before prescribing
2026-12-01 | pharmacist_prescriber +prescribing_right | consult by video         | no  | no  | NMC, face to face before prescribing
2026-12-01 | pharmacist_prescriber +prescribing_right | prescribe                | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | pharmacist_prescriber +prescribing_right | inject                   | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | pharmacist_prescriber +prescribing_right | have a nurse inject      | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | pharmacist_prescriber +prescribing_right | have a lay person inject | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_practitioner                       | consult in person        | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_practitioner                       | consult by video         | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_practitioner                       | prescribe                | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_practitioner                       | inject                   | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_practitioner                       | have a nurse inject      | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_practitioner                       | have a lay person inject | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_practitioner +prescribing_right    | consult in person        | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_practitioner +prescribing_right    | consult by video         | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_practitioner +prescribing_right    | prescribe                | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_practitioner +prescribing_right    | inject                   | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_practitioner +prescribing_right    | have a nurse inject      | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_practitioner +prescribing_right    | have a lay person inject | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | physician_assistant                      | consult in person        | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | physician_assistant                      | consult by video         | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | physician_assistant                      | prescribe                | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | physician_assistant                      | inject                   | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | physician_assistant                      | have a nurse inject      | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | physician_assistant                      | have a lay person inject | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | physician_assistant +prescribing_right   | consult in person        | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | physician_assistant +prescribing_right   | consult by video         | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | physician_assistant +prescribing_right   | prescribe                | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | physician_assistant +prescribing_right   | inject                   | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | physician_assistant +prescribing_right   | have a nurse inject      | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | physician_assistant +prescribing_right   | have a lay person inject | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | registered_nurse                         | consult in person        | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | registered_nurse                         | consult by video         | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | registered_nurse                         | prescribe                | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | registered_nurse                         | inject                   | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | registered_nurse                         | have a nurse inject      | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | registered_nurse                         | have a lay person inject | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | registered_nurse +prescribing_right      | consult in person        | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | registered_nurse +prescribing_right      | consult by video         | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | registered_nurse +prescribing_right      | prescribe                | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | registered_nurse +prescribing_right      | inject                   | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | registered_nurse +prescribing_right      | have a nurse inject      | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | registered_nurse +prescribing_right      | have a lay person inject | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | registered_nurse +toxin_training         | consult in person        | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | registered_nurse +toxin_training         | consult by video         | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | registered_nurse +toxin_training         | prescribe                | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | registered_nurse +toxin_training         | inject                   | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | registered_nurse +toxin_training         | have a nurse inject      | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | registered_nurse +toxin_training         | have a lay person inject | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | esthetician                              | consult in person        | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | esthetician                              | consult by video         | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | esthetician                              | prescribe                | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | esthetician                              | inject                   | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | esthetician                              | have a nurse inject      | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | esthetician                              | have a lay person inject | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | esthetician +toxin_training              | consult in person        | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | esthetician +toxin_training              | consult by video         | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | esthetician +toxin_training              | prescribe                | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | esthetician +toxin_training              | inject                   | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | esthetician +toxin_training              | have a nurse inject      | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | esthetician +toxin_training              | have a lay person inject | no  | no  | Human Medicines Regulations 2012, reg. 214
2025-05-31 | doctor                                   | consult in person        | yes | yes | GMC, cosmetic interventions (2016), para. 11
2025-05-31 | doctor                                   | consult by video         | no  | no  | GMC, cosmetic interventions (2016), para. 11
2025-05-31 | dentist                                  | consult in person        | yes | yes | GMC, cosmetic interventions (2016), para. 11
2025-05-31 | dentist                                  | consult by video         | no  | no  | GMC, cosmetic interventions (2016), para. 11
2025-05-31 | nurse_prescriber +prescribing_right      | consult in person        | yes | yes | GMC, cosmetic interventions (2016), para. 11
2025-05-31 | nurse_prescriber +prescribing_right      | consult by video         | yes | no  | Steadyhand’s own rule
2025-05-31 | pharmacist_prescriber +prescribing_right | consult in person        | yes | yes | GMC, cosmetic interventions (2016), para. 11
2025-05-31 | pharmacist_prescriber +prescribing_right | consult by video         | no  | no  | GMC, cosmetic interventions (2016), para. 11
2025-05-31 | nurse_prescriber                         | consult in person        | no  | no  | Human Medicines Regulations 2012, reg. 214
2025-05-31 | nurse_prescriber                         | consult by video         | no  | no  | Human Medicines Regulations 2012, reg. 214
2025-06-01 | doctor                                   | consult in person        | yes | yes | NMC, face to face before prescribing
2025-06-01 | doctor                                   | consult by video         | no  | no  | NMC, face to face before prescribing
2025-06-01 | dentist                                  | consult in person        | yes | yes | NMC, face to face before prescribing
2025-06-01 | dentist                                  | consult by video         | no  | no  | NMC, face to face before prescribing
2025-06-01 | nurse_prescriber +prescribing_right      | consult in person        | yes | yes | NMC, face to face before prescribing
2025-06-01 | nurse_prescriber +prescribing_right      | consult by video         | no  | no  | NMC, face to face before prescribing
2025-06-01 | pharmacist_prescriber +prescribing_right | consult in person        | yes | yes | NMC, face to face before prescribing
2025-06-01 | pharmacist_prescriber +prescribing_right | consult by video         | no  | no  | NMC, face to face before prescribing
2025-06-01 | nurse_prescriber                         | consult in person        | no  | no  | Human Medicines Regulations 2012, reg. 214
2025-06-01 | nurse_prescriber                         | consult by video         | no  | no  | Human Medicines Regulations 2012, reg. 214
`,
);

describe('1 June 2025, the NMC’s change for nurse prescribers in the United Kingdom', () => {
  it.each(['england', 'scotland'] as const)('flips exactly what it should in %s', (jurisdiction) => {
    const [before, after] = [allowedOn(jurisdiction, '2025-05-31'), allowedOn(jurisdiction, '2025-06-01')];
    expect([...before.law].filter((one) => !after.law.has(one))).toEqual([
      'nurse_prescriber +prescribing_right: consult by video',
    ]);
    expect([...after.law].filter((one) => !before.law.has(one))).toEqual([]);
    // Our floor forbade it all along.
    expect(after.here).toEqual(before.here);
  });

  it.each(['ireland', 'queensland', 'california', 'texas', 'ontario'] as const)(
    'is nothing to %s',
    (place) => {
      expect(allowedOn(place, '2025-06-01')).toEqual(allowedOn(place, '2025-05-31'));
    },
  );

  it('asks for a consultation before each treatment from that day', () => {
    const each = (date: string) =>
      evaluatePolicy(POLICY_ROWS, 'england', Temporal.PlainDate.from(date)).consult_each_treatment;
    expect([each('2025-05-31'), each('2025-06-01')]).toEqual([false, true]);
  });
});

describe('1 October 2021, the Act for children', () => {
  it('makes booking for somebody younger than 18 an offence from that day', () => {
    const on = (date: string) => {
      const policy = evaluatePolicy(POLICY_ROWS, 'england', Temporal.PlainDate.from(date));
      return [policy.min_age, policy.min_age_is_booking_offence];
    };
    expect([on('2021-09-30'), on('2021-10-01')]).toEqual([
      [18, false],
      [18, true],
    ]);
  });
});
