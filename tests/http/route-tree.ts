import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

/** One address of the application, as the folders under src/routes say it. */
export interface Route {
  readonly id: string;
  /** It is a page, and not an endpoint. */
  readonly isPage: boolean;
  /** The methods that it answers. */
  readonly methods: readonly Method[];
  /** What its forms do, by name; `default` has none in its address. */
  readonly actions: readonly string[];
}

export const UNSAFE = ['POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type Method = 'GET' | (typeof UNSAFE)[number];
const METHODS: readonly string[] = ['GET', ...UNSAFE];

/** Every page and endpoint, in the order of their names. */
export function routeTree(): Route[] {
  return globSync('src/routes/**/{+page.svelte,+server.ts}')
    .map(routeOf)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function routeOf(file: string): Route {
  const folder = dirname(file);
  const id = `/${folder.split('/').slice(2).join('/')}`;
  if (file.endsWith('+server.ts')) return { id, isPage: false, methods: methodsIn(file), actions: [] };
  const actions = globSync(join(escaped(folder), '+page.server.ts')).flatMap(actionsIn);
  return { id, isPage: true, methods: actions.length > 0 ? ['GET', 'POST'] : ['GET'], actions };
}

/** Brackets in a folder's name are no pattern. */
const escaped = (folder: string) => folder.replaceAll(/[[\]]/g, '[$&]');

function methodsIn(file: string): Method[] {
  const names = exportsOf(file).map(({ name }) => name);
  if (names.includes('fallback')) throw new Error(`${file} answers every method: name those that it means.`);
  return METHODS.filter((method): method is Method => names.includes(method));
}

function actionsIn(file: string): string[] {
  const { value } = exportsOf(file).find(({ name }) => name === 'actions') ?? {};
  if (value === undefined) return [];
  if (!ts.isObjectLiteralExpression(value))
    throw new Error(`${file}: actions can be read from an object only.`);
  return value.properties.map((property) => {
    if (property.name === undefined) throw new Error(`${file}: actions have to be named one by one.`);
    return property.name.getText();
  });
}

/** What a file exports as a constant or a function. */
function exportsOf(file: string): { name: string; value?: ts.Expression | undefined }[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  return source.statements.flatMap((statement) => {
    const isExported =
      ts.canHaveModifiers(statement) &&
      ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    if (!isExported) return [];
    if (ts.isFunctionDeclaration(statement)) return [{ name: statement.name?.text ?? 'default' }];
    if (!ts.isVariableStatement(statement)) return [];
    return statement.declarationList.declarations.map(({ name, initializer }) => ({
      name: name.getText(),
      value: bare(initializer),
    }));
  });
}

function bare(value: ts.Expression | undefined): ts.Expression | undefined {
  return value !== undefined && (ts.isSatisfiesExpression(value) || ts.isAsExpression(value))
    ? bare(value.expression)
    : value;
}
