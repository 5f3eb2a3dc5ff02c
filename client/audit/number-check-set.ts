import { type AuditCheck, startCheck } from './check.js';
import type { RowChecks } from './rows.js';

/** The checks that reading every row of a record feeds. */
export interface NumberChecks extends RowChecks {
  counts: AuditCheck;
  scores: AuditCheck;
  selection: AuditCheck;
}

export const startNumberChecks = (): NumberChecks => ({
  objects: startCheck('objects that manifests name'),
  trees: startCheck('Merkle trees and row counts'),
  rows: startCheck('samples and their verdicts'),
  counts: startCheck('counts, computed again'),
  scores: startCheck('pass@k and intervals, computed again'),
  selection: startCheck('training sets and the best round'),
});
