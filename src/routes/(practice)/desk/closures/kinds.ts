/** What time off is for, as the practice reads it; patients never read it. */
export const CLOSURE_LABELS: Readonly<Record<string, string>> = {
  leave: 'Leave',
  illness: 'Illness',
  training: 'Training',
  holiday: 'Holiday',
  emergency: 'Emergency',
  other: 'Something else',
};
