import { parseHTML } from 'linkedom';
import { renderReport } from '../../report/page.js';
import { example, reportData, scoredModel, seal } from './data.js';

const hostile = `</code></pre></script><script>fetch('//x')</script><img src=x onerror="alert(1)">\u0000\u001b[2J`;
const withExample = (completion: string) => {
  const gallery = { round: 0, tasks: 1, tasksSolved: 1, solved: [example(completion)], failed: [] };
  return renderReport(reportData({ gallery }));
};
const documentOf = (page: string) => parseHTML(page).document;

describe('what a candidate wrote', () => {
  it.each([
    ['as a rationale', `${hostile}\n\`\`\`python\nx = 1\n\`\`\``],
    ['as a program', `Why.\n\`\`\`python\n${hostile}\n\`\`\``],
    ['as an answer without a program', hostile],
  ])('is shown as text and never becomes an element: %s', (_, completion) => {
    const document = documentOf(withExample(completion));
    expect(document.querySelectorAll('script, img, iframe, object, [onerror]').length).toBe(0);
    expect(document.querySelector('article')?.textContent).toContain(`fetch('//x')</script>`);
  });
});

describe('the page', () => {
  const page = renderReport(reportData());

  it('allows nothing to run or load, and refers to nothing outside itself', () => {
    expect(page).toContain('default-src &#39;none&#39;');
    expect(page.match(/(?:src|href)="(?!#|data:,)/g)).toBeNull();
    expect(page).not.toMatch(/url\(|@import/);
  });

  it('leaves out a password within an address', () => {
    expect(page).not.toContain('secret');
    expect(page).toContain('http://…@host/v1');
  });

  it('has a heading for each part, a caption for each table, and a title for each drawing', () => {
    const document = documentOf(page);
    expect(document.querySelectorAll('main > section').length).toBe(
      document.querySelectorAll('main > section > h2').length,
    );
    expect(document.querySelectorAll('table').length).toBe(document.querySelectorAll('table > caption').length);
    expect(document.querySelectorAll('svg').length).toBeGreaterThan(0);
    for (const svg of document.querySelectorAll('svg')) {
      expect(svg.getAttribute('role')).toBe('img');
      expect(svg.querySelector('title')?.textContent).toContain('pass@1');
    }
  });

  it('says in words what is not estimated', () => {
    expect(page).toContain('<td>not estimated</td>');
    expect(page).toContain('pass@5: 4 of 4 tasks have fewer than 5 judged samples');
  });

  it('says that a campaign without its last seal has not ended', () => {
    expect(page).toContain('The campaign has not ended');
  });
});

describe('a campaign that ended', () => {
  const ended = (solved: number, best: number) =>
    renderReport(
      reportData({
        seals: [seal('base', 0), seal('round', 1), seal('campaign', 1, { best })],
        dev: [scoredModel(0, 1), scoredModel(1, solved)],
      }),
    );

  it('does not claim a gain where the interval of the difference holds 0', () => {
    expect(ended(2, 1)).toContain('The interval holds 0: no difference is shown.');
  });

  it('claims no certainty where every problem agrees', () => {
    expect(ended(1, 1)).toContain('0.0 [\u221260.2, +60.2]');
  });

  it('says so where no round beat the base', () => {
    expect(ended(0, 0)).toContain('No round did better on dev than the base');
  });
});
