import { paths } from '#lib/paths.ts';

interface StepAddress {
  name: string;
  kind: string | null;
}

type Page = Parameters<typeof paths.application>[1];

/** Where a step of an application is answered. */
export function stepPath(applicationId: string, { name, kind }: StepAddress): string {
  if (name === 'supervision') return paths.deskSupervision();
  return name === 'credential'
    ? paths.applicationCredential(applicationId, kind ?? '')
    : paths.application(applicationId, name as Page);
}
