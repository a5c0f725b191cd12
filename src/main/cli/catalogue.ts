// `gradloom layers` and `gradloom templates`: what there is.
import { layerList, paramFields, stringifyDocument, templateOf, templates } from '../../engine/index.ts';
import { CliError } from './failure.ts';
import { print, printJson, table } from './output.ts';

export function layers({ json = false }: { json?: boolean }): void {
  if (!json) {
    const rows = layerList.map((l) => [l.kind, l.title, l.category, l.doc]);
    print(table(['Kind', 'Title', 'Category', 'What it does'], rows));
    return;
  }
  printJson(
    layerList.map(
      ({ kind, title, category, aliases, doc, formula, source, pytorch, inputs, outputs, params }) => ({
        kind,
        title,
        category,
        aliases,
        doc,
        formula,
        source,
        pytorch,
        inputs,
        outputs,
        params: paramFields(params),
      }),
    ),
  );
}

/** Lists templates, or prints the document of one. */
export function showTemplates(name: string | undefined, { json = false }: { json?: boolean }): void {
  if (name !== undefined) {
    const template = templateOf(name);
    if (!template)
      throw new CliError(
        `There is no template called ${name}. There are: ${templates.map((t) => t.id).join(', ')}.`,
        2,
      );
    process.stdout.write(stringifyDocument(template.document));
    return;
  }
  if (json) printJson(templates.map(({ id, title, text, quality }) => ({ id, title, text, quality })));
  else
    print(
      table(
        ['Name', 'Title'],
        templates.map((t) => [t.id, t.title]),
      ),
    );
}
