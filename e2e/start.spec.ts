// The first thing anybody sees: the app comes up, without a complaint, with a GPU to compute on.
import { expect, test } from './fixtures.ts';

test('the browser shell opens with WebGPU at hand', async ({ app }) => {
  await expect(app.page.locator('#root > *').first()).toBeVisible();
  await expect(app.page).toHaveTitle(/Gradloom/);
  const adapter = await app.page.evaluate(
    async () => (await navigator.gpu.requestAdapter())?.info.architecture,
  );
  expect(adapter).toBeTruthy();
});

test('an address without the token shows nothing', async ({ app }) => {
  const answer = await app.page.request.get(new URL('/', app.url).href);
  expect(answer.status()).toBe(404);
});
