import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { FOLLOWS, STATES, may, NEEDS } from '#lib/server/domain/booking/appointment.ts';
import { openWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});

/** The source of a trigger function or constraint. */
async function sourceOf(what: 'appointment_transition' | 'appointment_state' | 'appointment_needs_known') {
  const { rows } = await sql<{ source: string }>`
    SELECT prosrc AS source FROM pg_proc WHERE proname = ${what}
    UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = ${what}`.execute(
    world.owner,
  );
  return rows[0]!.source;
}

const quoted = (source: string) => [...source.matchAll(/'([a-z_]+)'/g)].map(([, word]) => word!);

it('has the states of the database', async () => {
  expect(quoted(await sourceOf('appointment_state')).toSorted()).toEqual(STATES.toSorted());
});

it('lets follow what the database lets follow', async () => {
  const [, table = ''] = (await sourceOf('appointment_transition')).split('(OLD.state, NEW.state) NOT IN');
  const pairs = [...table.split('THEN')[0]!.matchAll(/\('([a-z_]+)', '([a-z_]+)'\)/g)];
  const inDatabase = pairs.map(([, from, to]) => `${from} > ${to}`);
  const here = STATES.flatMap((from) => FOLLOWS[from].map((to) => `${from} > ${to}`));
  expect(inDatabase.toSorted()).toEqual(here.toSorted());
});

it('never lets go what is not there to follow', () => {
  const leads = {
    cancel: 'cancelled',
    arrive: 'arrived',
    start: 'started',
    complete: 'completed',
    stop: 'stopped',
    markNoShow: 'no_show',
    leaveUnseen: 'left_unseen',
  } as const;
  for (const [verb, to] of Object.entries(leads)) {
    for (const from of STATES) {
      const allowed = (['patient', 'practice'] as const).some((side) =>
        may(side, verb as keyof typeof leads, from),
      );
      expect([verb, from, allowed]).toEqual([verb, from, (FOLLOWS[from] as readonly string[]).includes(to)]);
    }
  }
});

it('knows the needs of the database', async () => {
  const [list = ''] = /\{[a-z_,]+\}/.exec(await sourceOf('appointment_needs_known')) ?? [];
  expect(list.slice(1, -1).split(',').toSorted()).toEqual(NEEDS.toSorted());
});
