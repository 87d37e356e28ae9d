import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { paths } from '#lib/paths.ts';
import { FINDINGS, SEVERITIES } from '#lib/server/domain/oversight/complaints/complaint.ts';
import {
  closeComplaint,
  proposeFinding,
  returnFinding,
} from '#lib/server/domain/oversight/complaints/decide-complaint.ts';
import { findingForm, returnForm, triageForm } from '#lib/server/domain/oversight/complaints/input.ts';
import { assignComplaint, triageComplaint } from '#lib/server/domain/oversight/complaints/look-into.ts';
import { readStaffComplaint } from '#lib/server/domain/oversight/complaints/reads.ts';
import { choices } from '#lib/server/domain/oversight/vetting.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireStaff, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireStaff(event, 'reviewer');
  const { app, actor } = event.locals;
  return {
    complaint: await shown(() => readStaffComplaint(app.db, actor, event.params.id)),
    severities: choices(SEVERITIES),
    findings: choices(FINDINGS),
  };
};

export const actions: Actions = {
  triage: (event) => {
    requireStaff(event, 'reviewer');
    return formAction(event, triageForm, async ({ severity }) => {
      const { app, actor } = event.locals;
      await triageComplaint(app.db, actor, { complaintId: event.params.id, severity });
      redirect(303, paths.staffComplaint(event.params.id));
    });
  },
  assign: (event) => {
    requireStaff(event, 'reviewer');
    return formAction(event, z.object({}), async () => {
      await assignComplaint(event.locals.app.db, event.locals.actor, { complaintId: event.params.id });
      redirect(303, paths.staffComplaint(event.params.id));
    });
  },
  propose: (event) => {
    requireStaff(event, 'reviewer');
    return formAction(event, findingForm, async (found) => {
      await proposeFinding(event.locals.app.db, event.locals.actor, {
        complaintId: event.params.id,
        ...found,
      });
      redirect(303, paths.staffComplaint(event.params.id));
    });
  },
  return: (event) => {
    requireStaff(event, 'reviewer');
    return formAction(event, returnForm, async ({ words }) => {
      await returnFinding(event.locals.app.db, event.locals.actor, { complaintId: event.params.id, words });
      redirect(303, paths.staffComplaint(event.params.id));
    });
  },
  close: (event) => {
    requireStaff(event, 'reviewer');
    return formAction(event, findingForm, async (found) => {
      await closeComplaint(event.locals.app.db, event.locals.actor, {
        complaintId: event.params.id,
        ...found,
      });
      redirect(303, paths.staffComplaint(event.params.id));
    });
  },
};
