import { runReferences } from '../../../adapters/data/reference-runner.js';

const job = (program: string, ...calls: string[]) => ({
  program,
  calls: calls.map((text) => `f(${text})`),
});

test('references answer in order, each job in a process of its own', async () => {
  const jobs = [
    job('def f(x, y):\n    return [x + y]\n', '1, 2', '3, 4'),
    job('import os\ndef f(x):\n    os._exit(0)\n', '1'),
    job('def f(x):\n    return {x: "é"}\n', '(1,)'),
  ];
  expect(await runReferences(jobs, '0')).toEqual([['[3]', '[7]'], [null], ["{(1,): 'é'}"]]);
});

test('the order of a set of strings follows the hash seed, so two runs tell accidents from answers', async () => {
  const unordered = [job('def f(x):\n    return list(set(x))\n', "['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']")];
  const runs = await Promise.all(['0', '7', '0'].map((hashSeed) => runReferences(unordered, hashSeed)));
  expect(runs[0]).not.toEqual(runs[1]);
  expect(runs[0]).toEqual(runs[2]);
});

test('a reference sees no host files, no environment and no network', async () => {
  const program = [
    'import os, socket',
    'def f(what):',
    '    if what == "files": return sorted(set(os.listdir("/")) & {"home", "root", "work", "etc", "var"})',
    '    if what == "environment": return sorted(os.environ)',
    '    try:',
    '        socket.create_connection(("127.0.0.1", 1), 1)',
    '    except OSError as error:',
    '        return type(error).__name__',
  ].join('\n');
  const [answers] = await runReferences([job(program, '"files"', '"environment"', '"network"')], '0');
  expect(answers?.slice(0, 2)).toEqual(['[]', "['LC_ALL', 'PYTHONHASHSEED']"]);
  expect(answers?.[2]).toMatch(/Error/);
});
