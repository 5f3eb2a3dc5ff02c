import { isFullDisk } from '../../contract/failures.js';
import { BoundedLog } from './bounded-log.js';
import { Component } from './component.js';
import type { ComponentSpec } from './component-run.js';
import { endLeftovers, markOf, supervisedProcesses } from './leftovers.js';
import { choosePorts } from './ports.js';
import { identify, type ProcessIdentity } from './process-identity.js';
import {
  type ComponentName,
  logFile,
  type Ports,
  removeRunFile,
  type SupervisorState,
  type Wanted,
  writeRunFile,
} from './state.js';

/** Makes the components that are wanted, for these ports. */
export type SpecMaker = (given: { stateDir: string; ports: Ports; wanted: Wanted }) => ComponentSpec[];

export const nothingWanted: Wanted = { request: '', components: [], temporalAddress: null };

const publishAgainMs = 1000;
const leftoverGraceMs = 1000;
/** Who uses another is stopped before it. */
const stopOrder: ComponentName[] = ['worker', 'engine', 'temporal'];

/** Keeps the wanted components running, and its state file true. One a state folder: take the lock first. */
export class Supervisor {
  readonly #stateDir: string;
  readonly #makeSpecs: SpecMaker;
  readonly #ports: Ports;
  readonly #startedAt = new Date().toISOString();
  readonly #components = new Map<ComponentName, Component>();
  #wanted = nothingWanted;

  private constructor(stateDir: string, makeSpecs: SpecMaker, ports: Ports) {
    this.#stateDir = stateDir;
    this.#makeSpecs = makeSpecs;
    this.#ports = ports;
  }

  /** Ends first what a supervisor that died left of this folder's processes. */
  static async create(stateDir: string, makeSpecs: SpecMaker): Promise<Supervisor> {
    await endLeftovers(() => supervisedProcesses(stateDir), leftoverGraceMs);
    return new Supervisor(stateDir, makeSpecs, await choosePorts(stateDir));
  }

  /** Starts what is wanted and not there yet, and gives those that were given up another chance. */
  want(wanted: Wanted): void {
    this.#wanted = { ...wanted, components: [...new Set([...this.#components.keys(), ...wanted.components])] };
    const specs = this.#makeSpecs({ stateDir: this.#stateDir, ports: this.#ports, wanted: this.#wanted });
    for (const spec of specs) {
      const present = this.#components.get(spec.name);
      if (present) present.retry();
      else this.#components.set(spec.name, this.#component(spec));
    }
    this.#onChange();
  }

  async stop(): Promise<void> {
    for (const name of stopOrder) await this.#components.get(name)?.stop();
    await endLeftovers(() => supervisedProcesses(this.#stateDir), leftoverGraceMs);
    removeRunFile(this.#stateDir, 'supervisor.json');
  }

  #component(spec: ComponentSpec): Component {
    const mark = markOf(this.#stateDir);
    const command = () => {
      const made = spec.command();
      return { ...made, env: { ...(made.env ?? process.env), ...mark } };
    };
    const log = new BoundedLog(logFile(this.#stateDir, spec.name));
    const on = { change: () => this.#onChange(), mayStart: () => this.#mayStart(spec) };
    return new Component({ ...spec, command }, log, on);
  }

  #mayStart({ after }: ComponentSpec): boolean {
    return after.every((name) => this.#isReady(name));
  }

  #isReady(name: ComponentName): boolean {
    const component = this.#components.get(name);
    return component === undefined || component.status.state === 'ready';
  }

  #onChange(): void {
    for (const component of this.#components.values()) {
      if (this.#mayStart(component.spec)) component.start();
    }
    this.#publish();
  }

  /** On a full disk it is tried again: until then a reader meets the account before. */
  #publish(): void {
    const state: SupervisorState = {
      version: 1,
      supervisor: identify(process.pid) as ProcessIdentity,
      startedAt: this.#startedAt,
      wanted: this.#wanted,
      ports: this.#ports,
      components: [...this.#components.values()].map(({ status }) => status),
    };
    try {
      writeRunFile(this.#stateDir, 'supervisor.json', state);
    } catch (error) {
      if (!isFullDisk(error)) throw error;
      setTimeout(() => this.#publish(), publishAgainMs).unref();
    }
  }
}
