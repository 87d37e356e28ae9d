/** What must not wait, on pages and on paper. */
export const RED_FLAGS: readonly string[] = [
  'trouble breathing or swallowing, or slurred speech',
  'swelling of the face, tongue or throat, or a rash that spreads',
  'double or blurred vision, or both eyelids drooping',
  'weak muscles in other parts of the body',
  'fainting, chest pain, or a heartbeat that feels wrong',
];
