import { suggestionsQuery } from '#lib/server/domain/directory/input.ts';
import { suggestPlaces, suggestWords } from '#lib/server/domain/directory/suggest.ts';
import { jsonEndpoint, queryInput } from '#lib/server/http/json.ts';
import type { RequestHandler } from './$types';

/** Places stay where they are; who is listed no more must be gone from everywhere within five seconds (L2). */
const KEPT_SECONDS = { place: 300, words: 3 };

export const GET: RequestHandler = (event) =>
  jsonEndpoint(async () => {
    const { db, search } = event.locals.app;
    const { field, typed } = queryInput(event, suggestionsQuery);
    const suggestions = await (field === 'place'
      ? suggestPlaces(db, typed)
      : suggestWords(db, search, typed));
    return {
      status: 200,
      body: { suggestions },
      headers: { 'cache-control': `public, max-age=${KEPT_SECONDS[field]}` },
    };
  });
