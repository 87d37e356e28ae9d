import { deserialize } from '$app/forms';
import type { ActionResult } from '@sveltejs/kit';

/** After the last key, this long. */
const PAUSE_MS = 1_500;

type Pairs = readonly (readonly [name: string, value: string])[];

/**
 * Saves the draft while somebody writes. What has been typed since the last save is kept in this tab as well, so that a
 * lost network, an ended session or a closed page loses nothing: the fields are filled again when the page comes back. A
 * save names the save that it was written on, so another window is never written over: the page then shows what differs.
 */
export function autosave(form: HTMLFormElement): () => void {
  const key = `consultation ${location.pathname}`;
  const status = form.querySelector<HTMLElement>('[data-autosave-status]');
  const revision = form.querySelector<HTMLInputElement>('input[name="revision"]')!;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let saving: Promise<void> | null = null;
  let isStopped = false;
  // The next page may have been made before the save that is under way: what was typed is then not in it yet.
  let isLeaving = false;

  const say = (words: string) => {
    if (status !== null) status.textContent = words;
  };
  const typed = (): Pairs =>
    [...new FormData(form)].filter((pair): pair is [string, string] => typeof pair[1] === 'string');
  const keep = () => sessionStorage.setItem(key, JSON.stringify(typed()));

  // Pressed in this tab, and answered: what was typed is saved, or stands in the fields.
  const pressed = `${key} pressed`;
  if (sessionStorage.getItem(pressed) !== null && 'answered' in form.dataset) sessionStorage.removeItem(key);
  sessionStorage.removeItem(pressed);

  const kept = sessionStorage.getItem(key);
  if (kept !== null) {
    const pairs = JSON.parse(kept) as Pairs;
    if (wordsOf(pairs) === wordsOf(typed())) sessionStorage.removeItem(key);
    else {
      fill(form, pairs);
      say('What you typed and could not be saved before stands in the fields again.');
    }
  }

  async function save(): Promise<void> {
    const sent = wordsOf(typed());
    try {
      const response = await fetch('?/autosave', {
        method: 'POST',
        body: new FormData(form),
        headers: { accept: 'application/json', 'x-sveltekit-action': 'true' },
      });
      told(deserialize(await response.text()), sent);
    } catch {
      say('Not saved: no answer from the server. What you typed is kept in this window; it is tried again.');
      later(5 * PAUSE_MS);
    }
  }

  function told(result: ActionResult, sent: string): void {
    if (result.type === 'success') {
      revision.value = String((result.data as { revision: number }).revision);
      if (wordsOf(typed()) === sent) {
        if (isLeaving) keep();
        else sessionStorage.removeItem(key);
        say('Saved. Nothing is signed yet.');
      } else keep();
    } else if (result.type === 'redirect') {
      say(
        'Not saved: you are signed out. What you typed is kept in this window. Sign in, then come back here.',
      );
    } else if (result.type === 'failure' && result.status === 409) {
      isStopped = true;
      say('Not saved: another window has saved this record. Press “Save the draft” to see what differs.');
    } else {
      say('Not saved. What you typed is kept in this window; press “Save the draft”.');
    }
  }

  function later(after: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (isStopped) return;
      if (saving !== null) return later(PAUSE_MS);
      saving = save().finally(() => (saving = null));
    }, after);
  }

  const onInput = () => {
    isLeaving = false;
    keep();
    // What was saved a moment ago is no longer all that stands here.
    if (!isStopped) say('Not saved yet: it is saved when you pause.');
    later(PAUSE_MS);
  };
  // A save that is under way comes first: the form would otherwise meet its own save as somebody else’s.
  const onSubmit = (event: SubmitEvent) => {
    clearTimeout(timer);
    if (saving === null) {
      sessionStorage.setItem(pressed, 'yes');
      return;
    }
    event.preventDefault();
    void saving.finally(() => form.requestSubmit(event.submitter));
  };
  const onLeave = () => {
    isLeaving = true;
  };
  form.addEventListener('input', onInput);
  form.addEventListener('submit', onSubmit);
  window.addEventListener('beforeunload', onLeave);
  return () => {
    clearTimeout(timer);
    window.removeEventListener('beforeunload', onLeave);
    form.removeEventListener('input', onInput);
    form.removeEventListener('submit', onSubmit);
  };
}

/** What a form says, whatever row a question stands in: for telling whether two of them say the same. */
function wordsOf(pairs: Pairs): string {
  return JSON.stringify(
    pairs
      .map(([name, value]) => [name.replace(/^question-\d+-/, 'question-'), value.trim()] as const)
      .filter(([name, value]) => name !== 'revision' && value !== '')
      .map((pair) => pair.join('='))
      .toSorted(),
  );
}

/** Puts what was typed back, with the save that it was written on. */
function fill(form: HTMLFormElement, pairs: Pairs): void {
  for (const field of form.elements) {
    const isField =
      field instanceof HTMLInputElement ||
      field instanceof HTMLTextAreaElement ||
      field instanceof HTMLSelectElement;
    if (!isField || field.name === '' || field.name === 'healthAnswersId') continue;
    const values = pairs.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field instanceof HTMLInputElement && (field.type === 'checkbox' || field.type === 'radio'))
      field.checked = values.includes(field.value);
    else if (values[0] !== undefined) field.value = values[0];
  }
}
