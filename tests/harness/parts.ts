import { inject } from 'vitest';

/** Asks the process that started the run for something all test files share. */
export async function askFor<T>(part: 'create' | 'drop' | 'build' | 'chrome', argument = ''): Promise<T> {
  const response = await fetch(`${inject('sharedParts')}/${part}/${argument}`);
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as T;
}
