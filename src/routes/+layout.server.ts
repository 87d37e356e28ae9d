import { needsProof } from '#lib/server/http/proof.ts';
import type { LayoutServerLoad } from './$types';

/** What the frame of every page needs to know. */
export const load: LayoutServerLoad = (event) => {
  const { locals, url } = event;
  const { viewer, app } = locals;
  return {
    isDemo: app.config.mode === 'demo',
    path: url.pathname,
    /** The one absolute address of this page. */
    here: new URL(url.pathname, app.config.publicUrl).href,
    proof: viewer && {
      clinical: needsProof(event, viewer, 'clinical'),
      account: needsProof(event, viewer, 'account'),
      hasApp: viewer.hasApp,
      hasPasskey: viewer.hasPasskey,
    },
    hats: viewer && {
      name: viewer.displayName,
      isPatient: viewer.patientId !== null,
      isPractitioner: viewer.practitionerId !== null,
      isReception: viewer.receptionClinicIds.length > 0,
      readsComplaints: viewer.practitionerId !== null || viewer.answersComplaints,
      isReviewer: viewer.staffRoles.includes('reviewer'),
      isOperator: viewer.staffRoles.includes('operator'),
    },
  };
};
