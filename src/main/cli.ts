/**
 * The command line: `npm run --silent gradloom -- …`. Results go to stdout, words about the work to stderr, and whatever goes
 * wrong is one sentence and an exit code: 1 where the document cannot be used as asked, 2 where the command or a file is wrong.
 */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { layers, showTemplates } from './cli/catalogue.ts';
import { check } from './cli/check.ts';
import { exportProject } from './cli/export.ts';
import { explain } from './cli/failure.ts';
import { type GenerateCommand, generate } from './cli/generate.ts';
import { say } from './cli/output.ts';
import { type StepOptions, step } from './cli/step.ts';
import { type TrainOptions, train } from './cli/train.ts';

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    return value;
  };
}

function temperature(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError('It must be a number, 0 or greater.');
  return value;
}

const mostSteps = 1_000_000_000;
const document = ['<file>', 'a Gradloom document'] as const;

function commands(setExit: (code: number) => void): Command {
  const program = new Command('gradloom')
    .description('Checks, trains and exports Gradloom documents without a window.')
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .showHelpAfterError(false);
  program
    .command('check')
    .description('shapes, parameters, arithmetic, memory and problems; exit code 1 when it cannot be trained')
    .argument(...document)
    .option('--json', 'print JSON')
    .action(async (file: string, options: { json?: boolean }) => setExit(await check(file, options)));
  program
    .command('train')
    .description('trains on this machine’s GPU')
    .argument(...document)
    .option('--steps <n>', 'stop after so many steps', wholeNumber(0, mostSteps))
    .option('--epochs <n>', 'stop after so many passes over the training data', wholeNumber(0, 1_000_000))
    .option(
      '--f16',
      'allow products to round what they multiply to 16 bits (three digits) where that is faster',
    )
    .option('--seed <n>', 'instead of the document’s seed', wholeNumber(0, 0xffff_ffff))
    .option(
      '--prune <percent>',
      'then prune the smallest weights, rewind and train again',
      wholeNumber(1, 99),
    )
    .option('--prune-rounds <n>', 'how many times to prune; 1 without it', wholeNumber(1, 100))
    .addOption(
      new Option('--prune-scope <scope>', 'the smallest of each layer, or of the net').choices([
        'layer',
        'net',
      ]),
    )
    .option(
      '--rewind <step>',
      'the step whose weights are gone back to; 0 without it',
      wholeNumber(0, mostSteps),
    )
    .option('--json', 'print one JSON line a step, and one at the end')
    .option('--verdicts', 'look at every tensor and say what is wrong as it is found')
    .option('--weights-out <file>', 'save the trained weights as safetensors')
    .action((file: string, options: TrainOptions) => train(file, options));
  program
    .command('step')
    .description('one forward and backward pass on given weights and a given batch')
    .argument(...document)
    .requiredOption('--weights <file>', 'safetensors: every trainable tensor by name')
    .requiredOption('--batch <file>', 'safetensors: the tensors x and y')
    .requiredOption('--dump <file>', 'where loss, outputs and gradients are written, as safetensors')
    .action((file: string, options: StepOptions) => step(file, options));
  program
    .command('export')
    .description('writes the model as a project that runs by itself')
    .argument(...document)
    .requiredOption('--to <language>', 'typescript')
    .requiredOption('--out <folder>', 'a new or empty folder, or an earlier export')
    .option('--weights <file>', 'safetensors from train; else the initial weights')
    .action((file: string, options: { to: string; out: string; weights?: string }) =>
      exportProject(file, options),
    );
  program
    .command('generate')
    .description('writes text with a trained net that predicts the next character')
    .argument(...document)
    .requiredOption('--weights <file>', 'safetensors from train')
    .option('--prompt <text>', 'what the text begins with', '')
    .option('--length <n>', 'characters to write', wholeNumber(1, 1_000_000), 200)
    .option('--temperature <t>', 'below 1 bolder, above 1 wilder, 0 always the likeliest', temperature, 1)
    .option('--top-k <k>', 'only the k likeliest characters; 0: all', wholeNumber(0, 4096), 0)
    .option('--seed <n>', 'another seed writes another text', wholeNumber(0, 0xffff_ffff), 1)
    .action((file: string, options: GenerateCommand) => generate(file, options));
  program
    .command('layers')
    .description('every kind of layer')
    .option('--json', 'with parameters, defaults, ports and formulas')
    .action((options: { json?: boolean }) => layers(options));
  program
    .command('templates')
    .description('lists the templates, or prints the document of one')
    .argument('[name]', 'a template')
    .option('--json', 'list as JSON')
    .action((name: string | undefined, options: { json?: boolean }) => showTemplates(name, options));
  return program;
}

/** Runs a command. @returns the exit code */
async function run(args: readonly string[]): Promise<number> {
  let exitCode = 0;
  try {
    await commands((code) => {
      exitCode = code;
    }).parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      // Help that was asked for is no failure; what commander has to say otherwise starts with "error: ".
      if (error.exitCode === 0 || error.code === 'commander.help') return args.length === 0 ? 2 : 0;
      say(`gradloom: ${error.message.replace(/^error: /, '')}`);
      return 2;
    }
    const { message, exitCode: code } = explain(error);
    say(`gradloom: ${message}`);
    return code;
  }
}

// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const exitCode = await run(process.argv.slice(2));
// Dawn keeps the process alive, so it is ended by hand once everything is written.
process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)));
