/** Units of different systems are never converted or added, so a dose always names its own. */
const UNIT_SYSTEMS: Readonly<Record<string, string>> = {
  allergan: 'Allergan units',
  speywood: 'Speywood units',
  merz: 'Merz units',
  prabotulinum: 'prabotulinum units',
  letibotulinum: 'letibotulinum units',
  relabotulinum: 'relabotulinum units',
  daxibotulinum: 'daxibotulinum units',
};

/** What a product is measured in: "Allergan units"; "units" of a product that we do not know. */
export function unitsOf(unitSystem: string | null): string {
  return (unitSystem !== null && UNIT_SYSTEMS[unitSystem]) || 'units';
}

/** "20 Allergan units" */
export function dose(units: number, unitSystem: string | null): string {
  return `${units} ${unitsOf(unitSystem)}`;
}
