/** Imports point one way: contract <- core <- workflows; activities see ports; adapters implement them; worker.ts sees all. */
const only = (from, name, comment, allowed) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { pathNot: [...allowed, '^node_modules/'], dependencyTypesNot: ['core'] },
});

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    only('^contract/', 'contract-alone', 'The contract sees nothing of ours but itself.', ['^contract/']),
    only('^core/', 'core-pure', 'Pure logic sees the contract.', ['^contract/', '^core/']),
    {
      name: 'core-without-node',
      comment: 'Pure logic runs in a workflow too, where Node is absent.',
      severity: 'error',
      from: { path: '^(core|contract)/', pathNot: '^core/hash/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'workflows-hash-nothing',
      comment: 'Hashing needs node:crypto, which the workflow sandbox lacks: it is done in activities.',
      severity: 'error',
      from: { path: '^(workflows|core/(?!hash/))' },
      to: { path: '^core/hash/' },
    },
    {
      name: 'workflows-deterministic',
      comment: 'Workflow code sees contract, core and the SDK; of the activities only their types.',
      severity: 'error',
      from: { path: '^workflows/' },
      to: {
        pathNot: ['^(contract|core|workflows)/', '^node_modules/(@temporalio/(workflow|common)|zod)/'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'workflows-types-of-activities',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { path: '^(adapters|client|report|worker\\.ts|bench)' },
    },
    only('^activities/', 'activities-behind-ports', 'Activities see ports, never what implements them.', [
      '^(contract|core|activities)/',
    ]),
    only('^adapters/', 'adapters-below', 'Adapters implement ports; they see neither workflows, client nor worker.', [
      '^(contract|core|adapters)/',
      '^activities/(ports|deps)\\.ts$',
      '^nsjail-wrapper/',
    ]),
    only('^report/', 'report-from-data', 'A report is made from data.', ['^(contract|core|report)/']),
    only('^nsjail-wrapper/', 'sandbox-alone', 'The sandbox is a package of its own.', ['^nsjail-wrapper/']),
    {
      name: 'worker-is-the-root',
      comment: 'Nothing imports the composition root.',
      severity: 'error',
      from: { pathNot: '^(test|bench)/' },
      to: { path: '^worker\\.ts$' },
    },
  ],
  options: {
    doNotFollow: { path: '(^|/)(node_modules|dist)/' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
