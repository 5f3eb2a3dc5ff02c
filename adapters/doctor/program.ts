import { existsSync } from 'node:fs';
import { resourcePath } from '../paths.js';
import { type Finding, fail, ok, warn } from './finding.js';

const built = ['worker.js', 'workflow-bundle.js'];

/** Node itself, and this package's own build. */
export const checkProgram = async (): Promise<Finding[]> => {
  const node = `Node ${process.versions.node} on ${process.platform} ${process.arch}`;
  const missing = built.filter((name) => !existsSync(resourcePath('dist', name)));
  return [
    process.platform === 'linux'
      ? ok('system', node)
      : fail(
          'system',
          node,
          'programs are judged in a Linux sandbox: run Nextune on Linux, in WSL 2 or in a container',
        ),
    missing.length === 0
      ? ok('program', `built in ${resourcePath('dist')}`)
      : warn('program', `${missing.map((name) => `dist/${name}`).join(', ')} missing`, 'run npm run build'),
  ];
};
