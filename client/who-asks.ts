import { hostname, userInfo } from 'node:os';
import type { Asker } from '../contract/control.js';

/** The account and machine that ask, for the events log. */
export const whoAsks = (): Asker => `${accountName()}@${hostname()}`;

/** A container's user may have a number and no name. */
const accountName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
};
