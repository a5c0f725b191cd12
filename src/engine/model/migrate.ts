/**
 * Reads documents: JSON, then the version, then the schema. Older versions are brought up to date; a document from the
 * future and anything malformed is refused with one sentence that says where.
 */
import type { z } from 'zod';
import { issueWords } from './problems.ts';
import { documentSchema, documentVersion, type GraphDocument } from './schema.ts';

/** Why a document cannot be read. */
export interface ParseFailure {
  readonly title: string;
  readonly advice: string;
}

export type ParsedDocument =
  | { readonly ok: true; readonly document: GraphDocument }
  | { readonly ok: false; readonly problem: ParseFailure };

/** `migrations[n]` turns a document of version n into one of version n + 1. */
const migrations: Readonly<Record<number, (raw: Record<string, unknown>) => Record<string, unknown>>> = {
  1: withPlainIds,
};

const refuse = (title: string, advice: string): ParsedDocument => ({ ok: false, problem: { title, advice } });
const openAnother = 'Open another file, or a copy of this one.';

/** Reads a document's text. Parameters of unknown layer kinds, ids and their order are kept as they are. */
export function parseDocument(text: string): ParsedDocument {
  if (text.trim() === '') return refuse('The file is empty', openAnother);
  let raw: unknown;
  try {
    raw = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    return refuse(`This is not JSON: ${jsonWords(text, error)}`, openAnother);
  }
  return readDocument(raw);
}

/** The same for JSON that is parsed already. */
export function readDocument(raw: unknown): ParsedDocument {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw) || !('format' in raw))
    return refuse('This is JSON, but not a Gradloom document', openAnother);
  if (raw.format !== 'gradloom')
    return refuse(`This is a document of another program: ${JSON.stringify(raw.format)}`, openAnother);
  const version = 'version' in raw ? raw.version : undefined;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1)
    return refuse('The document does not say its version', openAnother);
  if (version > documentVersion)
    return refuse(
      `This document was made by a newer Gradloom: its version is ${version}, and this program reads up to ${documentVersion}`,
      'Update Gradloom, then open it again.',
    );
  let current: Record<string, unknown> = { ...raw };
  for (let v = version; v < documentVersion; v++) {
    const migrate = migrations[v];
    if (!migrate) return refuse(`Version ${v} of the document format is no longer read`, openAnother);
    current = migrate(current);
  }
  const parsed = documentSchema.safeParse(current);
  if (parsed.success) return { ok: true, document: parsed.data };
  const [issue] = parsed.error.issues;
  return refuse(
    `The document is damaged: ${issue ? issueWhere(issue, current) : 'it does not fit the format'}`,
    openAnother,
  );
}

/** The text of a document: two spaces, one value a line, so that version control shows what changed. */
export function stringifyDocument(document: GraphDocument): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Version 2 has blocks, whose inner nodes are found by paths of ids: an id with a sign of paths in it gets another. */
function withPlainIds(raw: Record<string, unknown>): Record<string, unknown> {
  const taken = new Set([raw.nodes, raw.wires, raw.notes].flatMap((record) => Object.keys(Object(record))));
  const renamed = new Map<string, string>();
  for (const old of taken) {
    if (!/[/#]/.test(old)) continue;
    let plain = old.replaceAll(/[/#]/g, '_');
    while (taken.has(plain)) plain += '_';
    taken.add(plain);
    renamed.set(old, plain);
  }
  if (renamed.size === 0) return { ...raw, version: 2 };
  const plainOf = (id: unknown): unknown => (typeof id === 'string' ? (renamed.get(id) ?? id) : id);
  const plainKeys = (record: unknown): unknown =>
    typeof record === 'object' && record !== null
      ? Object.fromEntries(Object.entries(record).map(([key, value]) => [plainOf(key), value]))
      : record;
  const plainEnd = (end: unknown): unknown =>
    Array.isArray(end) ? end.map((part, i) => (i === 0 ? plainOf(part) : part)) : end;
  const wires = Object.entries(Object(plainKeys(raw.wires))).map(([id, w]) => {
    const { from, to } = Object(w);
    return [id, { ...Object(w), from: plainEnd(from), to: plainEnd(to) }];
  });
  return {
    ...raw,
    version: 2,
    nodes: plainKeys(raw.nodes),
    wires: Object.fromEntries(wires),
    ...('notes' in raw && { notes: plainKeys(raw.notes) }),
  };
}

/** `node linear_1 (n3), position must hold at least 2`. */
function issueWhere(issue: z.core.$ZodIssue, raw: Record<string, unknown>): string {
  const [section, id, ...rest] = issue.path.map(String);
  if (section === undefined) return issueWords(issue);
  if (id === undefined) return `${section} ${issueWords(issue)}`;
  const singular: Readonly<Record<string, string>> = {
    nodes: 'node',
    wires: 'wire',
    notes: 'note',
    blocks: 'block',
  };
  const kind = singular[section];
  if (!kind) return `${[section, id, ...rest].join('.')} ${issueWords(issue)}`;
  return `${kind} ${nameIn(raw, section, id)}${rest.length > 0 ? `, ${rest.join('.')}` : ''} ${issueWords(issue)}`;
}

function nameIn(raw: Record<string, unknown>, section: string, id: string): string {
  const group = raw[section];
  const entry = typeof group === 'object' && group !== null ? Reflect.get(group, id) : undefined;
  const name = typeof entry === 'object' && entry !== null ? Reflect.get(entry, 'name') : undefined;
  return typeof name === 'string' ? `${name} (${id})` : id;
}

/** Where JSON ends to be JSON, as line and column, from the engine's own message where it tells. */
function jsonWords(text: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const position = /position (\d+)/.exec(message)?.[1];
  if (position === undefined)
    return /end of JSON/i.test(message) ? 'it ends too early' : message.replace(/^JSON Parse error: /i, '');
  const before = text.slice(0, Number(position)).split('\n');
  return `something is wrong at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}
