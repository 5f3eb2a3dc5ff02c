/** Something that is not as it was sealed: in which link of the chain, which object, and what is wrong with it. */
export interface AuditFault {
  /** `base`, `round 3`, `campaign`, `events` or `store`. */
  link: string;
  /** Digest or path. */
  object: string;
  what: string;
}

/** One named check: how much it looked at, every fault it found, and what a reader should know besides. */
export interface AuditCheck {
  name: string;
  checked: number;
  faults: AuditFault[];
  notes: string[];
}

export const startCheck = (name: string): AuditCheck => ({ name, checked: 0, faults: [], notes: [] });

/** Counts one thing looked at, and keeps the fault where there is one. */
export const tally = (check: AuditCheck, fault: AuditFault | undefined): boolean => {
  check.checked++;
  if (fault) check.faults.push(fault);
  return fault === undefined;
};

const rankOf = (link: string): number => {
  const round = /^round (\d+)$/.exec(link)?.[1];
  if (round !== undefined) return Number(round);
  return (
    { base: 0, campaign: Number.MAX_SAFE_INTEGER - 2, events: Number.MAX_SAFE_INTEGER - 1 }[link] ??
    Number.MAX_SAFE_INTEGER
  );
};

/** The fault that comes first in the chain, and among those of one link the one of the earliest check. */
export const firstFault = (checks: readonly AuditCheck[]): AuditFault | undefined =>
  checks
    .flatMap(({ faults }) => faults)
    .reduce<AuditFault | undefined>(
      (first, fault) => (first === undefined || rankOf(fault.link) < rankOf(first.link) ? fault : first),
      undefined,
    );
