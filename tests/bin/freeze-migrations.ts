/** Lists every migration in db/migrations/frozen.json with the hash of its content, as part of a release. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../../db/migrations');
const list = join(folder, 'frozen.json');

const frozen = JSON.parse(readFileSync(list, 'utf8')) as Record<string, string>;
const added = readdirSync(folder)
  .filter((name) => name.endsWith('.ts') && !(name in frozen))
  .toSorted();
for (const name of added)
  frozen[name] = createHash('sha256')
    .update(readFileSync(join(folder, name)))
    .digest('hex');

writeFileSync(list, JSON.stringify(frozen, null, 2) + '\n');
console.log(added.length > 0 ? `frozen: ${added.join(', ')}` : 'nothing new to freeze');
