/** One of the answers of a group of radio buttons or checkboxes. */
export interface Choice {
  value: string;
  label: string;
  hint?: string;
  /** How many results it would leave, shown beside it. */
  count?: number;
}

/** The first control of a group bears the group's name as its id, so that an error summary can link to it. */
export function choiceId(name: string, index: number): string {
  return index === 0 ? name : `${name}-${index + 1}`;
}
