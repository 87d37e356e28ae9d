import { text } from 'node:stream/consumers';
import { recordBounce } from '#lib/server/domain/notifications/record-bounce.ts';
import { openDb, openPool } from '#lib/server/platform/db.ts';
import { enter } from './entry.ts';
import { configOrStop } from './serve.ts';

/*
 * `npm run bounce < message.eml`: notes that a letter came back. For the mail server that takes what is sent to MAIL_FROM: it
 * hands each message to this command. What is not about a letter of ours is let be, and the command ends well all the same:
 * a mail server would try again for days.
 */
await enter(async ({ onStop, end }) => {
  const config = configOrStop(process.env);
  const db = openDb(openPool(config.workerDatabaseUrl, { max: 1, onError: () => {} }));
  onStop(() => db.destroy());
  const isOurs = await recordBounce(db, await text(process.stdin));
  console.log(isOurs ? 'Noted: it is on /staff/jobs.' : 'Not about a letter of ours: nothing was noted.');
  end();
});
