import { expect, it } from 'vitest';
import { evaluatePolicy } from '#lib/server/domain/policy/evaluate.ts';
import { POLICY_ROWS } from '#lib/server/domain/policy/rows.ts';
import { decisionTable } from './decisions.ts';

decisionTable(
  'texas',
  `
2026-12-01 | doctor                                   | consult in person        | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | doctor                                   | consult by video         | yes | no  | Steadyhand’s own rule
2026-12-01 | doctor                                   | prescribe                | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | doctor                                   | inject                   | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | doctor                                   | have a nurse inject      | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | doctor                                   | have a lay person inject | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | dentist                                  | consult in person        | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | dentist                                  | consult by video         | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | dentist                                  | prescribe                | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | dentist                                  | inject                   | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | dentist                                  | have a nurse inject      | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | dentist                                  | have a lay person inject | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_prescriber                         | consult in person        | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_prescriber                         | consult by video         | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_prescriber                         | prescribe                | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_prescriber                         | inject                   | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_prescriber                         | have a nurse inject      | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_prescriber                         | have a lay person inject | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_prescriber +prescribing_right      | consult in person        | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_prescriber +prescribing_right      | consult by video         | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_prescriber +prescribing_right      | prescribe                | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_prescriber +prescribing_right      | inject                   | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_prescriber +prescribing_right      | have a nurse inject      | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_prescriber +prescribing_right      | have a lay person inject | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | pharmacist_prescriber                    | consult in person        | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | pharmacist_prescriber                    | consult by video         | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | pharmacist_prescriber                    | prescribe                | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | pharmacist_prescriber                    | inject                   | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | pharmacist_prescriber                    | have a nurse inject      | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | pharmacist_prescriber                    | have a lay person inject | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | pharmacist_prescriber +prescribing_right | consult in person        | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | pharmacist_prescriber +prescribing_right | consult by video         | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | pharmacist_prescriber +prescribing_right | prescribe                | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | pharmacist_prescriber +prescribing_right | inject                   | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | pharmacist_prescriber +prescribing_right | have a nurse inject      | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | pharmacist_prescriber +prescribing_right | have a lay person inject | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_practitioner                       | consult in person        | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_practitioner                       | consult by video         | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_practitioner                       | prescribe                | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_practitioner                       | inject                   | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_practitioner                       | have a nurse inject      | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_practitioner                       | have a lay person inject | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_practitioner +prescribing_right    | consult in person        | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_practitioner +prescribing_right    | consult by video         | yes | no  | Steadyhand’s own rule
2026-12-01 | nurse_practitioner +prescribing_right    | prescribe                | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_practitioner +prescribing_right    | inject                   | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_practitioner +prescribing_right    | have a nurse inject      | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_practitioner +prescribing_right    | have a lay person inject | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | physician_assistant                      | consult in person        | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | physician_assistant                      | consult by video         | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | physician_assistant                      | prescribe                | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | physician_assistant                      | inject                   | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | physician_assistant                      | have a nurse inject      | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | physician_assistant                      | have a lay person inject | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | physician_assistant +prescribing_right   | consult in person        | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | physician_assistant +prescribing_right   | consult by video         | yes | no  | Steadyhand’s own rule
2026-12-01 | physician_assistant +prescribing_right   | prescribe                | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | physician_assistant +prescribing_right   | inject                   | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | physician_assistant +prescribing_right   | have a nurse inject      | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | physician_assistant +prescribing_right   | have a lay person inject | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | registered_nurse                         | consult in person        | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | registered_nurse                         | consult by video         | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | registered_nurse                         | prescribe                | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | registered_nurse                         | inject                   | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | registered_nurse                         | have a nurse inject      | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | registered_nurse                         | have a lay person inject | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | registered_nurse +prescribing_right      | consult in person        | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | registered_nurse +prescribing_right      | consult by video         | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | registered_nurse +prescribing_right      | prescribe                | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | registered_nurse +prescribing_right      | inject                   | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | registered_nurse +prescribing_right      | have a nurse inject      | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | registered_nurse +prescribing_right      | have a lay person inject | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | registered_nurse +toxin_training         | consult in person        | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | registered_nurse +toxin_training         | consult by video         | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | registered_nurse +toxin_training         | prescribe                | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | registered_nurse +toxin_training         | inject                   | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | registered_nurse +toxin_training         | have a nurse inject      | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | registered_nurse +toxin_training         | have a lay person inject | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | esthetician                              | consult in person        | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | esthetician                              | consult by video         | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | esthetician                              | prescribe                | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | esthetician                              | inject                   | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | esthetician                              | have a nurse inject      | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | esthetician                              | have a lay person inject | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | esthetician +toxin_training              | consult in person        | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | esthetician +toxin_training              | consult by video         | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | esthetician +toxin_training              | prescribe                | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | esthetician +toxin_training              | inject                   | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | esthetician +toxin_training              | have a nurse inject      | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | esthetician +toxin_training              | have a lay person inject | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2025-01-09 | doctor                                   | consult in person        | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2025-01-09 | doctor                                   | consult by video         | yes | no  | Steadyhand’s own rule
2025-01-09 | doctor                                   | prescribe                | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2025-01-09 | doctor                                   | inject                   | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2025-01-09 | nurse_practitioner +prescribing_right    | consult in person        | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2025-01-09 | nurse_practitioner +prescribing_right    | consult by video         | yes | no  | Steadyhand’s own rule
2025-01-09 | nurse_practitioner +prescribing_right    | prescribe                | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2025-01-09 | nurse_practitioner +prescribing_right    | inject                   | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2025-01-09 | esthetician +toxin_training              | consult in person        | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2025-01-09 | esthetician +toxin_training              | consult by video         | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2025-01-09 | esthetician +toxin_training              | prescribe                | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2025-01-09 | esthetician +toxin_training              | inject                   | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
`,
);

it('Texas says nothing before 9 January 2025: there was no rule that we read', () => {
  const before = Temporal.PlainDate.from('2025-01-08');
  expect(() => evaluatePolicy(POLICY_ROWS, 'texas', before)).toThrow('no policy row in force: texas.');
});
