// How the command line fails: one sentence that names file, node and cause, and an exit code; never a stack trace.
import { EngineError } from '../../engine/index.ts';
import { ShellError } from '../errors.ts';
import { NoGpuError } from '../node-gpu.ts';

/** 1: the document cannot be used as asked. 2: the command or a file that it names is wrong. */
export type ExitCode = 1 | 2;

/** A failure whose message is for the person who typed the command. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: ExitCode;
  constructor(message: string, exitCode: ExitCode, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

const sentence = (title: string, fix: string): string =>
  `${title.replace(/[.!?]?$/, '.')}${fix ? ` ${fix}` : ''}`.replace(/\s+/g, ' ');

/** Any failure as one line and an exit code. */
export function explain(error: unknown): { readonly message: string; readonly exitCode: ExitCode } {
  if (error instanceof CliError) return { message: error.message, exitCode: error.exitCode };
  if (error instanceof EngineError)
    return {
      message: sentence(error.user.title, error.user.fix),
      exitCode: /^(weights|data|batch)\//.test(error.code) ? 2 : 1,
    };
  if (error instanceof ShellError)
    return { message: sentence(error.user.title, error.user.fix), exitCode: 2 };
  if (error instanceof NoGpuError) return { message: error.message, exitCode: 1 };
  const words = error instanceof Error ? error.message : String(error);
  const [line = ''] = words.split('\n');
  return {
    message: `Something went wrong inside Gradloom: ${sentence(line, 'Please report this.')}`,
    exitCode: 1,
  };
}

/** Does something with a file; a failure that does not name the file is told with its name in front. */
export async function about<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof EngineError) || error.message.includes(path)) throw error;
    const { message, exitCode } = explain(error);
    throw new CliError(`${path}: ${message}`, exitCode, { cause: error });
  }
}
