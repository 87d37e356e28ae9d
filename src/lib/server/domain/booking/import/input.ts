import { z } from 'zod';
import { atMost } from '../../shared/words.ts';

/** The fields that hold an asked-for date of birth begin so; the entry's reference follows. */
const BORN = 'born:';

/** The upload: what it is for, and after a first look what was said about it. */
export const importForm = z
  .looseObject({
    location: z.uuid('Choose a location'),
    file: z.file({ error: 'Choose the file' }),
    provider: z.string().check(atMost(40)).optional(),
    services: z.array(z.string().check(atMost(200))).optional(),
    /** There once the services were shown: none ticked is an answer then. */
    asked: z.literal('yes').optional(),
    seen: z.string().check(atMost(100)).optional(),
  })
  .transform(({ location, file, provider, services, asked, seen, ...rest }) => ({
    location,
    file,
    provider: provider || undefined,
    consultations: asked ? (services ?? []) : undefined,
    seen: seen || undefined,
    datesOfBirth: new Map(
      Object.entries(rest).flatMap(([name, value]) =>
        name.startsWith(BORN) && typeof value === 'string' ? [[name.slice(BORN.length), value] as const] : [],
      ),
    ),
  }));
