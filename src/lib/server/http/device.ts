import Bowser from 'bowser';
import type { RequestEvent } from '@sveltejs/kit';

const MOST = 100;

/** The browser and its machine, in words that their owner knows again: “Firefox on Windows”. No address is kept. */
export function deviceOf(event: Pick<RequestEvent, 'request'>): string {
  const agent = event.request.headers.get('user-agent');
  if (!agent) return '';
  const { browser, os, platform } = Bowser.parse(agent);
  const machine = platform.type === 'mobile' ? 'a telephone' : platform.type === 'tablet' ? 'a tablet' : '';
  const on = [os.name, machine].filter(Boolean).join(', ');
  return [browser.name || 'A program', on].filter(Boolean).join(' on ').slice(0, MOST);
}
