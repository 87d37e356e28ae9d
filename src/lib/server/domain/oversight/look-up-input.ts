import { z } from 'zod';
import { REGISTER_STATUSES, type RegisterStatus } from '../credentials/register-entry.ts';
import { words } from '../shared/words.ts';

type PageStatus = Exclude<RegisterStatus, 'unreadable'>;
const PAGE_STATUSES = Object.keys(REGISTER_STATUSES).filter((status) => status !== 'unreadable') as [
  PageStatus,
  ...PageStatus[],
];

const text = (most: number) => words(0, most).default('');

/** What a reviewer read on the public page of a register. */
export const lookUpInput = z
  .object({
    credentialId: z.uuid(),
    found: z.enum(['yes', 'no'], 'Choose whether the register knows the number'),
    familyName: text(200),
    givenNames: text(200),
    status: z.enum(PAGE_STATUSES).or(z.literal('')).default(''),
    conditions: text(4000),
    mayPrescribe: z.enum(['yes', 'no', '']).default(''),
    // The database counts a control character among the blanks.
    pageUrl: words(0, 2000).regex(
      /^https:\/\/[^\s\p{Cc}]+$/u,
      'Copy the address of the page from your browser; it begins with https',
    ),
    evidence: z.file({ error: 'Choose the copy of the page that you saved' }),
    result: z.enum(['confirmed', 'not_confirmed'], 'Choose what follows from it'),
    note: text(2000),
  })
  .superRefine(({ found, familyName, status }, context) => {
    if (found === 'no') return;
    if (familyName === '')
      context.addIssue({
        code: 'custom',
        path: ['familyName'],
        message: 'Copy the name as the register writes it',
      });
    if (status === '')
      context.addIssue({
        code: 'custom',
        path: ['status'],
        message: 'Choose how the register says they stand',
      });
  })
  .transform(({ found, familyName, givenNames, status, conditions, mayPrescribe, ...rest }) => ({
    ...rest,
    found: found === 'yes',
    familyName: found === 'yes' ? familyName : '',
    givenNames: found === 'yes' ? givenNames : '',
    status: found === 'yes' && status !== '' ? status : null,
    conditions: found === 'yes' ? conditions : '',
    mayPrescribe: found === 'no' || mayPrescribe === '' ? null : mayPrescribe === 'yes',
  }));
export type LookUpInput = z.output<typeof lookUpInput>;
