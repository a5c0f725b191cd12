// Every number, colour and picture on screen has a “what is this?” near it: this walks the screens and looks for what has none.
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { trainSteps } from './looking.ts';

/** Numbers and pictures on screen beside which nothing says what they are, each with where it stands. */
function unexplained(): string[] {
  // What belongs together, and so needs one mark.
  const places =
    'figure, section, article, fieldset, dl, li, form, main, header, aside, nav, footer > span, [role=dialog], [role=tabpanel], [role=toolbar]';
  // Settings are a person's own, names and prose are no readings; what is on the canvas is told by its legend.
  const others =
    'input, textarea, select, option, code, pre, kbd, h1, h2, h3, button, label, a, .katex, .react-flow, .monaco-editor, [aria-hidden=true], [class*=_markdown_], [class*=_guide_]';
  const isProse = (text: string): boolean => text.length > 60 || !/(^|[^\p{L}\d_.])\d/u.test(text);
  const hasMark = (place: Element | null | undefined): boolean =>
    place?.querySelector('button[aria-label^="What is this?"]') != null;
  const isExplained = (element: Element): boolean => {
    const place = element.closest(places);
    if (hasMark(element.closest('main'))) return true; // the start screen’s cards, the canvas’s legend
    const isPart = place?.matches('section, li, dl, header, figure, fieldset') === true;
    return (
      hasMark(place) ||
      (isPart && hasMark(place.parentElement?.closest('section, article, form, [role=dialog]')))
    );
  };
  const isShown = (element: Element): boolean => element.checkVisibility({ visibilityProperty: true });
  const found = new Set<string>();
  const tell = (element: Element, what: string): void => {
    if (isShown(element) && !isExplained(element)) {
      const around = element.closest(places);
      found.add(
        `${what} in <${around?.tagName.toLowerCase()} ${around?.getAttribute('aria-label') ?? around?.className}>`,
      );
    }
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const [parent, text] = [node.parentElement, node.textContent?.trim() ?? ''];
    if (parent && !parent.closest(others) && !isProse(text)) tell(parent, `“${text}”`);
  }
  for (const picture of document.querySelectorAll('canvas, svg:not(.lucide), [role=img]')) {
    if (!picture.closest('.react-flow, .monaco-editor, .katex')) tell(picture, picture.tagName.toLowerCase());
  }
  return [...found];
}

async function allIsExplained(page: Page, where: string): Promise<void> {
  expect(await page.evaluate(unexplained), `without “what is this?”: ${where}`).toEqual([]);
}

/** Goes through all that can be looked at inside the net, or through some of it. */
async function lookInside(page: Page, only?: readonly string[]): Promise<readonly string[]> {
  await page.getByRole('tab', { name: 'Look inside' }).click();
  const tabs = page.getByRole('navigation', { name: 'What to look at' });
  await expect(tabs).toBeVisible({ timeout: 60_000 });
  const names = only ?? (await tabs.getByRole('button').allTextContents());
  for (const name of names) {
    await tabs.getByRole('button', { name }).click();
    await expect(page.getByText(/^Looking inside/)).toHaveCount(0, { timeout: 60_000 });
    await allIsExplained(page, name);
  }
  return names;
}

async function command(page: Page, words: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('Type a command').fill(words);
  await page.keyboard.press('Enter');
}

test('numbers and pictures of a run, of its net’s inside and of what it takes are explained', async ({
  app,
}) => {
  test.setTimeout(300_000);
  const { page } = app;
  await allIsExplained(page, 'start screen');
  await trainSteps(page, /^MLP on spirals/, 2);
  await allIsExplained(page, 'run view with strips, toolbar, timeline, status bar, palette, guide');
  const legend = page.getByRole('main', { name: 'Canvas' });
  await legend.getByRole('button', { name: 'All of the legend' }).click();
  for (const what of [
    'Strips on nodes',
    'Colour of wires',
    'Health dot',
    'Ring around nodes',
    'Ports',
    'Colours of layers',
  ])
    await expect(legend.getByRole('button', { name: `What is this? ${what}` })).toBeVisible();

  for (const tab of ['Curves', 'Scores', 'Gradients', 'Problems', 'Inspector', 'Docs', 'Code', 'Outline']) {
    await page.getByRole('tab', { name: tab }).click();
    await allIsExplained(page, tab);
  }
  expect(await lookInside(page)).toEqual(
    expect.arrayContaining([
      'Decision regions',
      'Confusion matrix',
      'Predictions',
      'Embedding',
      'Weight spectrum',
      'Microscope',
    ]),
  );
  await page.getByRole('tab', { name: 'Inspector' }).click();
  for (const node of ['data', 'linear_1', 'crossEntropy']) {
    await page.locator('.react-flow__node').filter({ hasText: node }).first().focus();
    await page.keyboard.press('Enter');
    await allIsExplained(page, `inspector of ${node}`);
  }

  await command(page, 'developer panel');
  const kernels = page.getByRole('region', { name: 'Kernels of a step' });
  await kernels.getByRole('button', { name: 'Time the kernels' }).click();
  await expect(kernels.getByRole('row').first()).toBeVisible({ timeout: 120_000 });
  await allIsExplained(page, 'developer panel');

  await command(page, 'race optimisers');
  await expect(page.getByRole('region', { name: 'Numbers of all runs' }).getByRole('rowheader')).toHaveCount(
    5,
  );
  await allIsExplained(page, 'race');
});

test('numbers and pictures of images, their filters and feature maps are explained', async ({ app }) => {
  test.setTimeout(240_000);
  await trainSteps(app.page, /^LeNet-5 on MNIST/, 1);
  await lookInside(app.page, ['Feature maps', 'Filters']);
});

test('verdicts and their evidence, and two runs side by side are explained', async ({ app }) => {
  test.setTimeout(240_000);
  const { page } = app;
  await page
    .getByRole('button', { name: /^Deep sigmoid net on spirals/ })
    .first()
    .click();
  const verdict = page.getByRole('region', { name: 'Verdicts' }).getByRole('article').first();
  await verdict.getByRole('button', { name: 'Evidence, rule and doubts' }).click({ timeout: 60_000 });
  await allIsExplained(page, 'verdict card');
  await verdict.getByRole('button', { name: 'Prove it' }).first().click();
  await expect(page.getByRole('region', { name: 'Numbers of both runs' })).toBeVisible({ timeout: 120_000 });
  await allIsExplained(page, 'compare');
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
});

test('attention maps are explained', async ({ app }) => {
  test.setTimeout(240_000);
  const { page } = app;
  await trainSteps(page, /^Mini-GPT on characters/, 1);
  await lookInside(page, ['Attention']);
});
