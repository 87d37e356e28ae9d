/** Page numbers worth a link: the first, the last, the present one and its neighbours; `gap` for what is left out. */
export function pageNumbers(page: number, pages: number): (number | 'gap')[] {
  const worth = [1, page - 1, page, page + 1, pages].filter((n) => n >= 1 && n <= pages);
  const numbers = [...new Set(worth)].sort((a, b) => a - b);
  return numbers.flatMap((n, index) => {
    const skipped = n - (numbers[index - 1] ?? 0) - 1;
    if (skipped === 0) return [n];
    // A gap of one takes as much room as the number itself.
    return skipped === 1 ? [n - 1, n] : ['gap' as const, n];
  });
}
