/*
 * A page works before its scripts are there, and somebody may be typing when they arrive. They set each field to what
 * the server sent; what was typed meanwhile is put back.
 */

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const typed = new Map<Field, { value: string; checked: boolean }>();

/**
 * Notes what differs from the page as it was served, and what is typed from now until the page has its scripts. What a
 * browser itself fills in on the way back is left to it.
 */
export function noteTyped(): void {
  const [visit] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  if (visit?.type !== 'navigate') return;
  for (const field of document.querySelectorAll<Field>('input, textarea, select'))
    if (isChanged(field)) note(field);
  document.addEventListener('input', noteTarget, true);
}

/** Puts back what was noted, and tells the page as a keyboard or a finger would have. */
export function putBackTyped(): void {
  document.removeEventListener('input', noteTarget, true);
  for (const [field, { value, checked }] of typed) {
    if (!field.isConnected) continue;
    // A bound field has kept it, and nobody has heard of it all the same.
    if (isCheckable(field)) field.checked = checked;
    else field.value = value;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.dispatchEvent(new Event('change', { bubbles: true }));
  }
  typed.clear();
}

function noteTarget({ target }: Event): void {
  if (
    target instanceof HTMLInputElement ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  )
    note(target);
}

function note(field: Field): void {
  // What was chosen to be sent stays, and no script may set it.
  if (field.type === 'file') return;
  // Of two choices the one made last comes last.
  typed.delete(field);
  typed.set(field, { value: field.value, checked: isCheckable(field) && field.checked });
}

function isCheckable(field: Field): field is HTMLInputElement {
  return field.type === 'checkbox' || field.type === 'radio';
}

function isChanged(field: Field): boolean {
  if (field instanceof HTMLSelectElement)
    return [...field.options].some((option) => option.selected !== option.defaultSelected);
  return isCheckable(field) ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
}
