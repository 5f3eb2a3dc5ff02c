const common = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] },
  moduleNameMapper: {
    '^nsjail-wrapper$': '<rootDir>/nsjail-wrapper/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/nsjail-wrapper/dist'],
};

/** Layers run in this order by scripts/test.mjs: the fast ones first. */
const layer = (name, globs) => ({ ...common, displayName: name, testMatch: globs });

export default {
  projects: [
    layer('pure', [
      '<rootDir>/test/{contract,core,report,client,activities,adapters,starter}/**/*.test.ts',
      '<rootDir>/test/{bootstrap,scripts}/**/*.test.mjs',
      '<rootDir>/nsjail-wrapper/test/pure/**/*.test.ts',
    ]),
    layer('workflows', ['<rootDir>/test/workflows/**/*.test.ts']),
    layer('replay', ['<rootDir>/test/replay/**/*.test.ts']),
    layer('sandbox', ['<rootDir>/test/sandbox/**/*.test.ts', '<rootDir>/nsjail-wrapper/test/jail/**/*.test.ts']),
    layer('engines', ['<rootDir>/test/engines/**/*.test.ts']),
    layer('crash', ['<rootDir>/test/crash/**/*.test.ts']),
  ],
};
