/** Whether an evaluation of this name is a round's, or the base's, on the dev split with traces: what rounds are chosen by. */
export const isDev = (name: string): boolean => name === 'dev' || name === 'base-dev';
