import { loadClientConnectConfig } from '@temporalio/envconfig';
import { InputError } from '../../contract/failures.js';

/** Where a Temporal server is: `host:port`, or `profile:NAME` of Temporal's own configuration (temporal.toml and TEMPORAL_*). */
export type ServerPlace = string;

const profilePrefix = 'profile:';
export const placeOfProfile = (name: string): ServerPlace => `${profilePrefix}${name}`;

/** The worker's exit status where it can't reach the server: EX_TEMPFAIL, a failure that passes (BSD's sysexits.h). */
export const unreachableStatus = 75;

export interface ConnectOptions {
  connection: { address: string } & Omit<ReturnType<typeof loadClientConnectConfig>['connectionOptions'], 'address'>;
  namespace: string;
}

/**
 * How to connect there. A profile brings address, namespace, TLS and API key as the Temporal CLI reads them
 * (docs.temporal.io/develop/environment-configuration); the variables come before the file, and `profile:` alone is theirs.
 * @throws InputError when the profile can't be read
 */
export const connectOptions = (place: ServerPlace, namespace = 'default'): ConnectOptions => {
  if (!place.startsWith(profilePrefix)) return { connection: { address: place }, namespace };
  const profile = place.slice(profilePrefix.length);
  try {
    const found = loadClientConnectConfig(profile === '' ? {} : { profile });
    const { address = '127.0.0.1:7233', ...connection } = found.connectionOptions;
    return { connection: { address, ...connection }, namespace: found.namespace ?? namespace };
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new InputError(
      `Temporal's profile ${profile || 'default'} can't be read: ${said} (see temporal config list, TEMPORAL_CONFIG_FILE)`,
      { cause },
    );
  }
};
