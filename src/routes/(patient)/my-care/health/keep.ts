/** After the last change, this long. */
const PAUSE_MS = 1_500;

/** Keeps the answers while somebody writes, where scripts run; without them each section has a button that does it. */
export function keepWhileWriting(form: HTMLFormElement): () => void {
  const status = form.querySelector<HTMLElement>('[data-kept]');
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function keep(): Promise<void> {
    try {
      const response = await fetch('?/keep', {
        method: 'POST',
        body: new FormData(form),
        headers: { accept: 'application/json', 'x-sveltekit-action': 'true' },
      });
      const { type, location = '' } = (await response.json()) as { type: string; location?: string };
      const isKept = type === 'redirect' && location.includes('?kept');
      if (status !== null)
        status.textContent = isKept ? 'Kept. You can go on later.' : 'Not kept yet. Press “Save, and go on”.';
    } catch {
      if (status !== null) status.textContent = 'Not kept yet: no answer from the server.';
    }
  }
  const onInput = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void keep(), PAUSE_MS);
  };
  const onSubmit = () => clearTimeout(timer);
  form.addEventListener('input', onInput);
  form.addEventListener('submit', onSubmit);
  return () => {
    clearTimeout(timer);
    form.removeEventListener('input', onInput);
    form.removeEventListener('submit', onSubmit);
  };
}
