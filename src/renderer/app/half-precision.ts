/** Whether products may round their factors to 16 bits: kept in the settings, off unless somebody turns it on. */
import { toast } from 'sonner';
import { valueOrSay } from '../session/files.ts';
import type { Workbench } from '../session/workbench.ts';

/** Turns it on or off, and says what that means. */
export function toggleHalfPrecision({ session, host }: Workbench): void {
  const halfPrecision = !session.getState().halfPrecision;
  session.setState({ halfPrecision });
  void host.invoke('settings:set', { halfPrecision }).then(valueOrSay);
  if (halfPrecision)
    toast('Half precision is allowed', {
      description:
        'Where it is faster on this GPU, the numbers that a product multiplies are rounded to three digits instead of seven; numbers above 65 504 overflow. Sums, losses, weights and the optimiser keep seven digits. It holds for GPUs that are opened from now on, so start Gradloom anew.',
    });
  else toast('Products keep seven digits', { description: 'It holds from the next start of Gradloom on.' });
}
