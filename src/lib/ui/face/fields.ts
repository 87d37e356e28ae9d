import { REGION_CODES, type RegionCode, type Side } from './geometry.ts';

/** What a prescriber saw in one region. */
export interface Finding {
  strength: 'none' | 'mild' | 'moderate' | 'marked';
  stronger: 'same' | 'right' | 'left';
  note: string;
}

/** One charted point: `x` and `y` are fractions of the drawing, 0 to 1 from its top left corner. */
export interface ChartPoint {
  region: RegionCode;
  side: Side;
  x: number;
  y: number;
  units: number;
  /** The vial it was drawn from, where there is a choice. */
  vial?: string;
}

export const POINT_FIELDS = ['region', 'side', 'x', 'y', 'units', 'vial'] as const;

type TypedPoint = Record<(typeof POINT_FIELDS)[number], string>;

/** The rows of a chart as they were typed; rows left empty are left out. */
export function typedPoints(form: FormData, name = 'point'): TypedPoint[] {
  const rows: TypedPoint[] = [];
  for (let row = 0; form.has(`${name}-${row}-region`); row++) {
    const entries = POINT_FIELDS.map((field) => [field, textOf(form, `${name}-${row}-${field}`)]);
    const point = Object.fromEntries(entries) as TypedPoint;
    if (point.region || point.x || point.y || point.units) rows.push(point);
  }
  return rows;
}

/** The findings as they were typed; regions not looked at are left out. */
export function typedFindings(
  form: FormData,
  name = 'finding',
): Partial<Record<RegionCode, Record<keyof Finding, string>>> {
  const looked = REGION_CODES.filter((code) => textOf(form, `${name}-${code}-strength`));
  return Object.fromEntries(
    looked.map((code) => [
      code,
      {
        strength: textOf(form, `${name}-${code}-strength`),
        stronger: textOf(form, `${name}-${code}-stronger`),
        note: textOf(form, `${name}-${code}-note`),
      },
    ]),
  );
}

function textOf(form: FormData, field: string): string {
  const value = form.get(field);
  return typeof value === 'string' ? value.trim() : '';
}
