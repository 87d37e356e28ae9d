import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import { CannotStart } from '#db/cannot-start.ts';
import { ColumnMissing, loadPostcodes } from '#lib/server/domain/directory/load-postcodes.ts';
import { openDb, openPool } from '#lib/server/platform/db.ts';
import { enter } from './entry.ts';

const USAGE = `Usage: npm run postcodes -- GB|US FILE
Reads a CSV file with a header row that names the columns postcode (or pcds, zip), latitude (lat) and longitude (long, lng),
and puts what it says in the place of the postcodes of that country. Needs OWNER_DATABASE_URL.`;

await enter(async ({ onStop }) => {
  const [country, path] = process.argv.slice(2);
  if ((country !== 'GB' && country !== 'US') || path === undefined) {
    console.error(USAGE);
    process.exit(2);
  }
  const ownerUrl = process.env.OWNER_DATABASE_URL;
  if (!ownerUrl) throw new CannotStart('Set OWNER_DATABASE_URL to the database and its owner.');
  const db = openDb(openPool(ownerUrl, { max: 1, onError: () => {} }));
  onStop(() => db.destroy());
  const rows = createReadStream(path).pipe(
    parse({ columns: true, bom: true, skip_empty_lines: true, relax_column_count: true }),
  );
  try {
    const {
      rows: read,
      leftOut,
      areas,
    } = await loadPostcodes(db, country, rows as AsyncIterable<Record<string, string>>);
    if (areas === 0)
      throw new CannotStart(
        `None of the ${read} rows says where a postcode of ${country} is. Nothing was changed.`,
      );
    console.log(`${areas} areas of ${country}, from ${read} rows; ${leftOut} were left out.`);
  } catch (error) {
    if (error instanceof ColumnMissing || (error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new CannotStart(`${path}: ${(error as Error).message}`);
    throw error;
  }
  await db.destroy();
});
