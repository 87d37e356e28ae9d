import type { ClientInit } from '@sveltejs/kit';
import { noteTyped } from '#lib/ui/typed.ts';

/** Runs before the scripts take over what the server sent. */
export const init: ClientInit = noteTyped;
