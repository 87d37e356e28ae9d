import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { CannotStart } from '#db/cannot-start.ts';
import { createApp } from '#lib/server/app.ts';
import { reindex } from '#lib/server/domain/directory/repair-index.ts';
import { enter } from './entry.ts';
import { refuseRealPeople } from './prepare.ts';
import { prepare, useEmbedded } from './run.ts';

/** The shortest of the numbers that registers have not given out yet lasts for about a fifth more. */
const MOST = 150_000;
const EVERY_MS = 2_000;

const USAGE = `Usage: npm run demo -- --practitioners N
Founds the demo town, or lets the one that is there grow until it has N practitioners (up to ${MOST}), and makes the
search index. Always the same people: broken off, it goes on where it stopped. Reads the same settings as npm start.`;

await enter(async (lifetime) => {
  const wanted = practitionersWanted();
  const { env } = process;
  const ownDatabase = !env.DATABASE_URL;
  if (ownDatabase) env.MODE ??= 'demo';
  if ((env.MODE || 'production') === 'production')
    throw new CannotStart(
      'Production takes no demo people: set MODE=demo, and a database that is for showing.',
    );
  if (!ownDatabase && !env.OWNER_DATABASE_URL)
    throw new CannotStart('Set OWNER_DATABASE_URL too: the town is founded as the owner of the database.');

  const startedAt = performance.now();
  const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
  const say = (line: string) => console.error(line);
  let saidAt = -EVERY_MS;
  const sayNowAndThen = (line: string) => {
    if (performance.now() - saidAt < EVERY_MS) return;
    saidAt = performance.now();
    say(`${line}, ${seconds()}`);
  };

  if (ownDatabase) await useEmbedded(lifetime, true, say);
  else await prepare(env.OWNER_DATABASE_URL!, true, say);
  const ownerUrl = env.OWNER_DATABASE_URL!;
  await refuseRealPeople(ownerUrl);
  const { enlargeDemo } = await import('#db/demo/seed.ts');
  await enlargeDemo(ownerUrl, wanted, (there) => sayNowAndThen(`${there} of ${wanted} practitioners`));

  const app = createApp(env, 'worker');
  lifetime.onStop(() => app.close());
  const documents = await reindex(app.db, app.search, (made) =>
    sayNowAndThen(`${made} documents of the search index`),
  );
  const { rows } = await sql<{ practitioners: number }>`
    SELECT count(*) AS practitioners FROM practitioner`.execute(app.db);
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(
    `The demo town has ${rows[0]!.practitioners} practitioners, and the search index ${documents} documents, after ${seconds()} and with ${megabytes} MB of memory at most.`,
  );
  lifetime.end();
});

function practitionersWanted(): number {
  try {
    const { values } = parseArgs({ options: { practitioners: { type: 'string' } } });
    const wanted = /^\d{1,7}$/.test(values.practitioners ?? '') ? Number(values.practitioners) : 0;
    if (wanted >= 1 && wanted <= MOST) return wanted;
  } catch {
    // Something that is no option of ours.
  }
  console.error(USAGE);
  process.exit(2);
}
