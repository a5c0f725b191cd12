// Parameters of an optimiser or a schedule, as a document has them.
import type { z } from 'zod';
import { EngineError } from '../errors.ts';

/** Parameters with defaults filled in. @throws EngineError that says which is out of bounds */
export function paramsOf(
  spec: { readonly title: string; readonly params: z.ZodObject },
  raw: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const parsed = spec.params.safeParse(raw);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new EngineError('param/invalid', {
    node: spec.title,
    param: issue?.path.join('.') ?? 'a parameter',
    why: `is out of bounds (${issue?.message ?? 'not valid'})`,
  });
}
