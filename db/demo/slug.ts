// Letters that Unicode does not take apart into a plain letter and a mark.
const plainLetters: Record<string, string> = { ø: 'o', ł: 'l', đ: 'd', ı: 'i', ß: 'ss', æ: 'ae' };

/** Turns a name into the plain form that addresses use. */
export function slugify(name: string): string {
  return name
    .toLowerCase()
    .replace(/[øłđıßæ]/g, (letter) => plainLetters[letter] ?? letter)
    .normalize('NFKD')
    .replace(/[\p{M}'’]/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** Hands out slugs, never the same one twice: a second Wei Li of London becomes `wei-li-london`, a third `wei-li-london-2`. */
export function slugRegister(takenBefore: Iterable<string> = []): (name: string, place: string) => string {
  const taken = new Set(takenBefore);
  return (name, place) => {
    const placed = `${slugify(name)}-${slugify(place)}`;
    let free = slugify(name);
    for (let count = 1; taken.has(free); count++) free = count === 1 ? placed : `${placed}-${count}`;
    taken.add(free);
    return free;
  };
}
