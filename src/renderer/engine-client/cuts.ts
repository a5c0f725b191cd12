/**
 * What was measured on this machine's GPU, kept from one session to the next: how products are cut, as short texts by short
 * keys. What is not there is measured again, so what cannot be read is as good as nothing.
 */
import { z } from 'zod';

const place = 'gradloom.cuts';
const schema = z.record(z.string(), z.string());

export type Cuts = Readonly<Record<string, string>>;

export function knownCuts(storage: Pick<Storage, 'getItem'>): Cuts {
  const text = storage.getItem(place);
  if (text === null) return {};
  const parsed = schema.safeParse(jsonOf(text));
  return parsed.success ? parsed.data : {};
}

/** Adds cuts to those that are kept; of one product, the first that was measured stays. */
export function keepCuts(storage: Pick<Storage, 'getItem' | 'setItem'>, cuts: Cuts): void {
  storage.setItem(place, JSON.stringify({ ...cuts, ...knownCuts(storage) }));
}

/** Undefined, which the schema does not accept, where the text is not JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
