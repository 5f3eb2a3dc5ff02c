import { buildProgram, commands } from '../../../client/cli/main.js';

const names = async (typed?: string): Promise<string[]> =>
  (await buildProgram(typed)).commands.map((command) => command.name());

describe('the command line', () => {
  it('lists every command under its own name', async () => {
    expect(await names()).toEqual(Object.keys(commands));
    expect(await names('no-such-command')).toEqual(Object.keys(commands));
    expect(await names('toString')).toEqual(Object.keys(commands));
  });

  it('needs none of them to tell its version', async () => {
    expect(await names('--version')).toEqual([]);
  });

  it.each(Object.keys(commands))('%s is found by its name alone', async (name) => {
    expect(await names(name)).toEqual([name]);
  });
});
