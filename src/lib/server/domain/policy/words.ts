/** A value in words: "none" for an empty list, a product by its name, a role, mode or register by its parts. */
export function valueText(value: unknown): string {
  return Array.isArray(value)
    ? value.map(itemText).join(', ') || 'none'
    : JSON.stringify(value).replaceAll('"', '');
}

function itemText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if ('name' in value) return String(value.name);
  return Object.values(value)
    .filter((part) => part !== null)
    .join(':');
}
