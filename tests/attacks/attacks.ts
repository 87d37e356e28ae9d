import { accounts } from './accounts.ts';
import { afterwards } from './afterwards.ts';
import { applications } from './applications.ts';
import { calendar } from './calendar.ts';
import { carers } from './carers.ts';
import { clocks } from './clocks.ts';
import { complaints } from './complaints.ts';
import { consent } from './consent.ts';
import { documents } from './documents.ts';
import { endings } from './endings.ts';
import { health } from './health.ts';
import { joint } from './joint.ts';
import { messages } from './messages.ts';
import { marks } from './marks.ts';
import { paperAttacks } from './paper.ts';
import { policyAttacks } from './policy.ts';
import { portfolio } from './portfolio.ts';
import { practitioners } from './practitioners.ts';
import { prescriberPlace } from './prescriber-place.ts';
import { prescribing } from './prescribing.ts';
import { privacy } from './privacy.ts';
import { profileAttacks } from './profiles.ts';
import { proof } from './proof.ts';
import { reception } from './reception.ts';
import { recoveries } from './recoveries.ts';
import { records } from './records.ts';
import { reviews } from './reviews.ts';
import { schedules } from './schedules.ts';
import { shorts } from './shorts.ts';
import { supervisionAttacks } from './supervision.ts';
import { team } from './team.ts';
import { topUpAtDesk } from './top-up-at-desk.ts';
import { trail } from './trail.ts';
import { vials } from './vials.ts';
import { waitlist } from './waitlist.ts';
import { words } from './words.ts';

/** Everything that the application's role must be unable to do, each with the lawful act that it is closest to. */
export const attacks = [
  ...calendar,
  ...schedules,
  ...proof,
  ...prescribing,
  ...prescriberPlace,
  ...consent,
  ...paperAttacks,
  ...supervisionAttacks,
  ...clocks,
  ...topUpAtDesk,
  ...health,
  ...vials,
  ...records,
  ...documents,
  ...afterwards,
  ...practitioners,
  ...policyAttacks,
  ...applications,
  ...profileAttacks,
  ...complaints,
  ...reviews,
  ...endings,
  ...portfolio,
  ...marks,
  ...words,
  ...waitlist,
  ...carers,
  ...joint,
  ...reception,
  ...team,
  ...messages,
  ...trail,
  ...accounts,
  ...recoveries,
  ...shorts,
  ...privacy,
];
