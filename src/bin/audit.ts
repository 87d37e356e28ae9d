import { parseArgs } from 'node:util';
import { CannotStart } from '#db/cannot-start.ts';
import { createApp } from '#lib/server/app.ts';
import { readAnchors } from '#lib/server/domain/audit/anchor-audit.ts';
import { verifyAudit } from '#lib/server/domain/audit/verify-audit.ts';
import { openAppendFile } from '#lib/server/platform/append-file.ts';
import { enter } from './entry.ts';

const USAGE = `Usage: npm run audit -- verify [--anchors FILE]
Walks the audit trail from end to end. Prints what it found; ends with 1 when a line was changed or is missing.
  --anchors   a file of anchors that was kept elsewhere; without it the one in DATA_DIR
Reads the same settings as the worker.`;

await enter(async ({ onStop }) => {
  const anchorsPath = commandLine();
  const app = createApp(process.env, 'worker');
  onStop(() => app.close());
  const lines = await openAppendFile(anchorsPath ?? app.config.auditAnchors).lines();
  const { streams, rows, anchors, breaks } = await verifyAudit(app.db, anchorsIn(lines));
  console.log(`${streams} streams, ${rows} rows, ${anchors} anchors.`);
  for (const { stream, seq, why } of breaks) console.log(`BROKEN ${stream}, line ${seq}: ${why}.`);
  console.log(breaks.length === 0 ? 'The trail holds.' : 'The trail does not hold.');
  await app.close();
  process.exit(breaks.length === 0 ? 0 : 1);
});

function anchorsIn(lines: readonly string[]) {
  try {
    return readAnchors(lines);
  } catch (error) {
    throw new CannotStart((error as Error).message);
  }
}

function commandLine(): string | undefined {
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: { anchors: { type: 'string' } },
    });
    if (positionals.length === 1 && positionals[0] === 'verify') return values.anchors;
  } catch {
    // An option that is not known.
  }
  console.error(USAGE);
  process.exit(2);
}
