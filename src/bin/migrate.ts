import { CannotStart } from '#db/cannot-start.ts';
import { enter } from './entry.ts';
import { bringUpToDate } from './prepare.ts';

await enter(async () => {
  const ownerUrl = process.env.OWNER_DATABASE_URL;
  if (!ownerUrl) {
    throw new CannotStart(
      'Set OWNER_DATABASE_URL to the database and its owner (npm start migrates its own database by itself).',
    );
  }
  const { applied } = await bringUpToDate(ownerUrl);
  console.log(applied.length > 0 ? `Applied ${applied.join(', ')}.` : 'The database is up to date.');
});
