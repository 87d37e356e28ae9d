import type { Checks } from '../../domain/directory/checks.ts';

/** The value sets of FHIR R4 that `VerificationResult` names its codes from. */
const SYSTEM = 'http://terminology.hl7.org/CodeSystem';
const coded = (system: string, code: string) => ({ coding: [{ system: `${SYSTEM}/${system}`, code }] });

/** How a source was read, as `verificationresult-communication-method` calls it. */
const COMMUNICATION: Readonly<Record<string, string>> = {
  register_page: 'portal',
  register_file: 'pull',
  document: 'manual',
};

/**
 * What was checked of a practitioner as a FHIR R4 Bundle: the practitioner, and a VerificationResult for each credential
 * behind the listing. `page` is the address of the profile.
 */
export function verificationBundle({ checks, ...who }: Checks, page: string): object {
  const practitioner = `urn:uuid:${who.id}`;
  return {
    resourceType: 'Bundle',
    type: 'collection',
    entry: [
      {
        fullUrl: practitioner,
        resource: {
          resourceType: 'Practitioner',
          id: who.id,
          ...(who.isDemo && {
            meta: { tag: [{ system: `${SYSTEM}/v3-ActReason`, code: 'HTEST' }] },
          }),
          active: true,
          name: [{ text: who.name }],
          telecom: [{ system: 'url', value: page }],
          qualification: checks.map((check) => ({
            ...(check.number !== undefined && {
              identifier: [{ value: check.number, assigner: { display: check.register } }],
            }),
            code: { text: check.what },
            issuer: { display: check.register },
          })),
        },
      },
      ...checks.map((check, index) => ({
        fullUrl: `urn:uuid:${check.id}`,
        resource: resultOf(check, practitioner, index),
      })),
    ],
  };
}

function resultOf(check: Checks['checks'][number], practitioner: string, index: number): object {
  return {
    resourceType: 'VerificationResult',
    id: check.id,
    target: [{ reference: practitioner }],
    targetLocation: [`Practitioner.qualification[${index}]`],
    need: coded('need', 'periodic'),
    status: check.isStale ? 'req-revalid' : 'validated',
    statusDate: check.checked.datetime,
    validationType: coded('validation-type', 'primary'),
    validationProcess: [coded('validation-process', 'primary')],
    ...(check.everyDays !== null && {
      frequency: { repeat: { frequency: 1, period: check.everyDays, periodUnit: 'd' } },
    }),
    lastPerformed: check.checked.datetime,
    nextScheduled: check.nextDue.datetime,
    failureAction: coded('failure-action', 'fatal'),
    primarySource: [
      {
        who: { display: check.register },
        type: [coded('primary-source-type', check.isOfRegister ? 'lic-board' : 'issuer')],
        communicationMethod: [
          coded('verificationresult-communication-method', COMMUNICATION[check.methodCode] ?? 'manual'),
        ],
        validationStatus: coded('validation-status', 'successful'),
        validationDate: check.checked.datetime,
        canPushUpdates: coded('can-push-updates', 'no'),
      },
    ],
    validator: [{ organization: { display: 'Steadyhand' } }],
  };
}
