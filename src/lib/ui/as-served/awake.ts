let isWaking = typeof document !== 'undefined';

/** Whether what a component is to show stands on the page already, as the server sent it. */
export const stands = (): boolean => isWaking;

/** From now on the scripts draw what is shown. */
export function awake(): void {
  isWaking = false;
}
