import { redirect, type RequestEvent } from '@sveltejs/kit';
import { currentSlug } from '../domain/directory/reads.ts';
import { isRefusal } from '../domain/shared/refusal.ts';
import { shown } from './guards.ts';

/**
 * Runs what a page of a practitioner shows. Where nobody is found under its address and somebody had it before, the same
 * page under the address of today is where it leads, for good.
 */
export async function shownUnderSlug<T>(
  event: Pick<RequestEvent, 'locals' | 'url'> & { params: { slug: string } },
  load: () => Promise<T>,
): Promise<T> {
  return shown(() => underSlug(event, load));
}

/** The same for an endpoint, whose refusals are answered by whoever calls it. */
export async function underSlug<T>(
  { locals, params, url }: Parameters<typeof shownUnderSlug>[0],
  load: () => Promise<T>,
): Promise<T> {
  try {
    return await load();
  } catch (problem) {
    if (!isRefusal(problem, 'not_found')) throw problem;
    const slug = await currentSlug(locals.app.db, params.slug);
    if (slug === undefined) throw problem;
    const path = url.pathname
      .split('/')
      .map((part) => (part === params.slug ? slug : part))
      .join('/');
    redirect(301, path + url.search);
  }
}
