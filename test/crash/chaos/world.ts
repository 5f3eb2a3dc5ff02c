import type { ComponentName } from '../../../adapters/supervisor/state.js';
import type { FakeEndpoint } from '../../fakes/endpoint.js';
import type { Victim } from './schedule.js';

/** What a schedule of kills is run against. */
export interface ChaosWorld {
  victims: readonly Victim[];
  /** What is brought up again after the supervisor died. */
  components: ComponentName[];
  endpoint?: FakeEndpoint;
  /** Whether disturbed campaigns are compared with one that was not: it is then the first that is checked. */
  comparesWithCalm: boolean;
  /** `nextune run` in a new folder. */
  start(dir: string): void;
  /** Expects of a campaign that has ended what holds however it was disturbed. */
  check(stateDir: string, campaign: string): Promise<void>;
  close(): Promise<void>;
}
