import { expect, it } from 'vitest';
import { CompiledQuery, sql } from 'kysely';
import { run } from './attack.ts';
import { attacks } from './attacks.ts';
import { BACKED_UP, NOT_ATTACKED } from './backups.ts';
import { guardsOf } from './guards.ts';
import { openStage } from './open-stage.ts';

/** What is behind each guard: attacks that its removal lets through, and what still stops the others. */
type Behind = { through: string[]; stoppedBy: string[] };

it('has no guard that could go unnoticed', async () => {
  const { stage, trx } = await openStage();

  const behind = new Map<string, Behind>();
  for (const guard of await guardsOf(trx)) {
    const found = behind.get(guard.name) ?? { through: [], stoppedBy: [] };
    behind.set(guard.name, found);
    // Only what this guard refuses can pass once it is gone: each other attack still meets its own.
    const its = attacks.filter(({ refused }) => refused.by === guard.name);
    if (its.length === 0) continue;
    await sql`SAVEPOINT removed`.execute(trx);
    await trx.executeQuery(CompiledQuery.raw(guard.removal));
    for (const one of its) {
      const result = await run(trx, stage, one, 'attack');
      if (result === 'through') found.through.push(`${one.rule}: ${one.name}`);
      else found.stoppedBy.push(result.by);
    }
    await sql`ROLLBACK TO SAVEPOINT removed; RELEASE SAVEPOINT removed`.execute(trx);
  }
  process.stdout.write(`${tableOf(behind)}\n`);

  const names = (holds: (about: Behind) => boolean) =>
    [...behind].filter(([, about]) => holds(about)).map(([name]) => name);
  const attacked = ({ through, stoppedBy }: Behind) => through.length + stoppedBy.length > 0;
  expect
    .soft(names((about) => attacked(about) && about.through.length === 0).sort(), 'guards with a backup')
    .toEqual(Object.keys(BACKED_UP).sort());
  expect
    .soft(names((about) => !attacked(about)).sort(), 'guards without an attack')
    .toEqual(Object.values(NOT_ATTACKED).flat().sort());
});

/** Guard -> attacks that got through without it. */
function tableOf(behind: Map<string, Behind>): string {
  const lines = [...behind]
    .filter(([, { through, stoppedBy }]) => through.length + stoppedBy.length > 0)
    .map(([name, { through, stoppedBy }]) => {
      const still =
        stoppedBy.length > 0
          ? ` [${stoppedBy.length} still stopped by ${[...new Set(stoppedBy)].join(', ')}]`
          : '';
      return `${name} -> ${through.join('; ') || 'nothing'}${still}`;
    });
  return ['Without this guard these attacks get through:', ...lines].join('\n');
}
