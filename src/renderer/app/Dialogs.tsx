/** The dialogs that the session opens: commands, find, shortcuts, wiring by keyboard, questions; and the palette at the pointer. */
import { useStore } from 'zustand';
import { FindNode } from '../features/canvas/FindNode.tsx';
import { KeyboardWiring } from '../features/canvas/KeyboardWiring.tsx';
import { QuickAdd } from '../features/palette/QuickAdd.tsx';
import { useSession, useWorkbench } from '../session/workbench.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { CommandPalette } from './CommandPalette.tsx';
import { ShortcutSheet } from './ShortcutSheet.tsx';

export function Dialogs() {
  const dialog = useSession((s) => s.dialog);
  return (
    <>
      <QuickAdd />
      {dialog === 'commands' ? <CommandPalette /> : null}
      {dialog === 'find' ? <FindNode /> : null}
      {dialog === 'shortcuts' ? <ShortcutSheet /> : null}
      {dialog === 'keyboard-wiring' ? <KeyboardWiring /> : null}
      <QuestionDialog />
    </>
  );
}

function QuestionDialog() {
  const { questions } = useWorkbench();
  const question = useStore(questions, (s) => s.question);
  if (!question) return null;
  return (
    <Dialog
      title={question.title}
      description={question.text}
      size="small"
      onClose={() => question.answer(null)}
      footer={question.choices.map(({ value, label, tone = 'plain' }) => (
        <Button key={value} tone={tone} autoFocus={tone === 'primary'} onClick={() => question.answer(value)}>
          {label}
        </Button>
      ))}
    />
  );
}
