/** The columns of a table: what each is, what it is for, and what is done where it has no value. */
import { type ColumnRecipe, missingRules, type TableRecipe } from '../../../engine/index.ts';
import { SwitchField } from '../../ui/Fields.tsx';
import styles from './Inspector.module.css';

export type ColumnType = ColumnRecipe['type'];

interface Props {
  readonly recipe: TableRecipe;
  onChange(recipe: TableRecipe, label: string): void;
  /** Absent where the types are fixed: the tables that ship. */
  readonly onRetype?: (name: string, type: ColumnType) => void;
}

const roles = { feature: 'Feature', target: 'Target', ignore: 'Ignore' } as const;
const types = { number: 'Number', category: 'Category', boolean: 'Yes / no', text: 'Text' } as const;
const ruleWords = {
  drop: 'Drop row',
  mean: 'Mean',
  median: 'Median',
  mode: 'Most frequent',
  indicator: 'Indicator',
} as const;

export function ColumnTable({ recipe, onChange, onRetype }: Props) {
  const change = (name: string, patch: Partial<ColumnRecipe>, label: string): void => {
    const columns = recipe.columns.map((c) => (c.name === name ? { ...c, ...patch } : c));
    onChange({ ...recipe, columns }, label);
  };
  return (
    <>
      <ul className={styles.columns} aria-label="Columns">
        {recipe.columns.map((column) => (
          <ColumnRow
            key={column.name}
            column={column}
            onChange={(patch, what) => change(column.name, patch, `change the ${what} of ${column.name}`)}
            onRetype={onRetype && ((type) => onRetype(column.name, type))}
          />
        ))}
      </ul>
      <SwitchField
        label="Standardise features"
        name="Standardise features"
        value={recipe.standardise}
        onChange={(standardise) => onChange({ ...recipe, standardise }, 'standardise the features')}
      />
      <SwitchField
        label="Standardise the target"
        name="Standardise the target"
        value={recipe.standardiseTarget}
        onChange={(standardiseTarget) => onChange({ ...recipe, standardiseTarget }, 'standardise the target')}
      />
    </>
  );
}

interface RowProps {
  readonly column: ColumnRecipe;
  onChange(patch: Partial<ColumnRecipe>, what: string): void;
  readonly onRetype: ((type: ColumnType) => void) | undefined;
}

function ColumnRow({ column: { name, type, role, missing, categories }, onChange, onRetype }: RowProps) {
  const isAverage = (rule: keyof typeof ruleWords): boolean => rule === 'mean' || rule === 'median';
  return (
    <li className={styles.column} data-role={role}>
      <span className={styles.columnName} title={name}>
        {name}
      </span>
      {onRetype ? (
        <Choice
          label={`Type of ${name}`}
          words={types}
          value={type}
          title={type === 'category' ? categories.join(', ') : types[type]}
          onChoose={onRetype}
        />
      ) : (
        <span className={styles.columnType} title={categories.join(', ')}>
          {types[type]}
        </span>
      )}
      <Choice
        label={`Role of ${name}`}
        words={roles}
        value={role}
        isDisabled={(value) => type === 'text' && value !== 'ignore'}
        onChoose={(chosen) => onChange({ role: chosen }, 'role')}
      />
      {role === 'ignore' ? (
        <span />
      ) : (
        <Choice
          label={`Missing values of ${name}`}
          words={ruleWords}
          value={missing}
          title={missingRules[missing]}
          isDisabled={(rule) => type === 'category' && isAverage(rule)}
          onChoose={(chosen) => onChange({ missing: chosen }, 'rule for missing values')}
        />
      )}
    </li>
  );
}

interface ChoiceProps<K extends string> {
  readonly label: string;
  readonly words: Readonly<Record<K, string>>;
  readonly value: K;
  readonly title?: string;
  isDisabled?(value: K): boolean;
  onChoose(value: K): void;
}

function Choice<K extends string>({ label, words, value, title, isDisabled, onChoose }: ChoiceProps<K>) {
  const keys = Object.keys(words) as K[];
  return (
    <select
      aria-label={label}
      value={value}
      title={title}
      onChange={(event) => {
        const chosen = keys.find((key) => key === event.target.value);
        if (chosen !== undefined) onChoose(chosen);
      }}
    >
      {keys.map((key) => (
        <option key={key} value={key} disabled={isDisabled?.(key) ?? false}>
          {words[key]}
        </option>
      ))}
    </select>
  );
}
