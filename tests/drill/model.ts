import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { JURISDICTIONS, type Jurisdiction } from '#lib/server/domain/policy/codes.ts';
import type { Figure } from '../bin/figures.ts';
import { startCluster } from '../harness/cluster.ts';
import { Tally } from '../model/attempt.ts';
import { openModel, told, walk } from '../model/walk.ts';

/*
 * The gate against its model, for as long as one likes: random sequences of commands by everybody, under each of the laws,
 * and what goes past the commands straight to the database. After each command every rule is asked of the rows; of each
 * treatment that began an oracle asks for its whole chain; and what has happened must have been written down.
 */

const SEQUENCES = 20_000;

/** `npm run drill -- model [--sequences N] [--seed N] [--in england,texas]`: so many in all, shared among the laws. */
export async function run(): Promise<Figure[]> {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: { sequences: { type: 'string' }, seed: { type: 'string' }, in: { type: 'string' } },
  });
  const laws =
    values.in === undefined ? JURISDICTIONS : JURISDICTIONS.filter((each) => values.in!.includes(each));
  const sequences = Number(values.sequences ?? SEQUENCES);
  const seed = Number(values.seed ?? randomInt(2 ** 31));
  const each = Math.ceil(sequences / laws.length);
  console.error(`seed ${seed}, ${each} sequences under each of ${laws.length} laws`);

  const cluster = await startCluster();
  const tally = new Tally();
  let walked = 0;
  let broken = 0;
  try {
    // Side by side, on as many processors as there are laws for at a time.
    const waiting = [...laws];
    const walker = async () => {
      for (let law = waiting.shift(); law; law = waiting.shift()) {
        if (await walkUnder(law)) walked += each;
        else broken += 1;
      }
    };
    await Promise.all([walker(), walker()]);
  } finally {
    await cluster.stop();
  }

  async function walkUnder(law: Jurisdiction): Promise<boolean> {
    const { superuserUrl } = await cluster.create();
    const model = await openModel(superuserUrl, law);
    const from = performance.now();
    try {
      await walk(model, { sequences: each, seed: seed + JURISDICTIONS.indexOf(law), tally });
      console.error(`${law}: ${each} in ${Math.round((performance.now() - from) / 1000)} s`);
      return true;
    } catch (error) {
      const { message, cause } = error as Error;
      console.error(`${law}: ${message}${cause instanceof Error ? `\n${cause.stack ?? cause.message}` : ''}`);
      return false;
    } finally {
      await model.db.destroy();
    }
  }

  for (const [name, counts] of Object.entries({
    begun: tally.begun,
    'facts written down': tally.facts,
    done: tally.done,
    refused: tally.refused,
  }))
    console.error(`${name}: ${told(counts)}`);
  const sum = (counts: ReadonlyMap<string, number>) =>
    [...counts.values()].reduce((all, one) => all + one, 0);
  const kinds = ['first or changed', 'the same again', 'top-up', 'early, by override'];
  const begun = kinds.reduce((all, kind) => all + (tally.begun.get(kind) ?? 0), 0);
  const figure = (name: string, value: number, unit: string, bar: number | null, ok: boolean): Figure => ({
    name,
    value,
    unit,
    bar,
    ok,
    seed,
    n: each * laws.length,
  });
  return [
    figure(
      'sequences walked to their end',
      walked,
      'sequences',
      each * laws.length,
      walked === each * laws.length,
    ),
    figure('commands tried', tally.commands, 'commands', null, true),
    figure('commands done', sum(tally.done), 'commands', null, true),
    figure('commands refused', sum(tally.refused), 'commands', null, true),
    figure('treatments that began', begun, 'treatments', 1, begun > 0),
    ...kinds.map((kind) => figure(`of them ${kind}`, tally.begun.get(kind) ?? 0, 'treatments', null, true)),
    figure('facts that had to be written down, and were', sum(tally.facts), 'facts', 1, sum(tally.facts) > 0),
    figure(
      'laws under which a treatment began without its chain, a rule broke or a fact was refused',
      broken,
      'laws',
      0,
      broken === 0,
    ),
  ];
}
