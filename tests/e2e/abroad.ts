import type { Profession, Jurisdiction } from '#lib/server/domain/policy/codes.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import * as people from '../builders/people.ts';
import { openDaily, place, practise, type Place } from '../builders/places.ts';
import { vet } from '../builders/vetting.ts';
import { afterFile } from '../harness/after.ts';
import { signIn, type Town } from './world.ts';
import type { Page } from 'playwright-core';

/** A clinic under another law beside the demo town, with people who can sign in. */
export interface Abroad {
  db: Db;
  where: Place;
  /** Checked by two reviewers, at work every day. */
  practitioner(profession: Profession, about?: { checked: boolean }): Promise<people.Practitioner>;
  patient(): Promise<people.Patient>;
  signIn(page: Page, who: { accountId: string }): Promise<void>;
}

export async function goAbroad(town: Town, jurisdiction: Jurisdiction): Promise<Abroad> {
  const db = openDb(openPool(town.database.urls.owner, { max: 2, onError: () => {} }));
  afterFile(() => db.destroy());
  const where = await place(db, jurisdiction);
  const reviewers = [await people.staffMember(db), await people.staffMember(db)] as const;
  return {
    db,
    where,
    async practitioner(profession, { checked } = { checked: true }) {
      const who = await people.practitioner(db, profession);
      await practise(db, who, where);
      await openDaily(db, who, where);
      if (checked) await vet(db, who, reviewers, { jurisdiction });
      return who;
    },
    patient: () => people.patient(db),
    async signIn(page, { accountId }) {
      await signIn(page, await town.ask(`SELECT email::text FROM account WHERE id = $1`, [accountId]));
    },
  };
}
