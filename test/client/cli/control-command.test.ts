import { tellingWait } from '../../../client/cli/control-command.js';

describe('a wish that nobody takes', () => {
  it('keeps a person waiting, and tells so once', async () => {
    const said: string[] = [];
    let answer: (value: string) => void = () => undefined;
    const asked = tellingWait(
      new Promise<string>((resolve) => {
        answer = resolve;
      }),
      (line) => {
        said.push(line);
        answer('granted');
      },
      1,
    );
    expect(await asked).toBe('granted');
    expect(said).toEqual([expect.stringContaining('nextune status says whether a worker runs')]);
  });

  it('says nothing where it is answered or refused at once', async () => {
    const said: string[] = [];
    const tell = (line: string) => said.push(line);
    expect(await tellingWait(Promise.resolve('granted'), tell, 1)).toBe('granted');
    await expect(tellingWait(Promise.reject(new Error('held already')), tell, 1)).rejects.toThrow('held already');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(said).toEqual([]);
  });
});
