import { describe, expect, it } from 'vitest';
import { filesBelow, textOf } from './files.ts';

const scripts = filesBelow(`${process.env.BUILD_DIR ?? 'build'}/client`).filter((path) =>
  path.endsWith('.js'),
);

/** The reader of SvelteKit's own wire format (devalue) knows the names of Temporal's types, and only the names. */
const withoutWireFormat = (code: string) =>
  code.replaceAll(/(["'`])Temporal\.\w+\1/g, '').replaceAll(/Temporal\[\w+\.slice\(9\)\]/g, '');

describe('what the browser gets', () => {
  it('was built', () => {
    expect(scripts, 'run `npm run build` first').not.toEqual([]);
  });

  it('uses no Temporal, which not every browser has', () => {
    expect(scripts.filter((path) => withoutWireFormat(textOf(path)).includes('Temporal'))).toEqual([]);
  });
});
