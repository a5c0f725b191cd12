/** The columns of a table: what each is, what it is for, and what is done where it has no value. */
import { type ColumnRecipe, missingRules, type TableRecipe } from '../../../engine/index.ts';
import { SwitchField } from '../../ui/Fields.tsx';
import styles from './Inspector.module.css';

interface Props {
  readonly recipe: TableRecipe;
  onChange(recipe: TableRecipe, label: string): void;
}

const roles = { feature: 'Feature', target: 'Target', ignore: 'Ignore' } as const;
const ruleWords = {
  drop: 'Drop row',
  mean: 'Mean',
  median: 'Median',
  mode: 'Mode',
  indicator: 'Indicator',
} as const;

export function ColumnTable({ recipe, onChange }: Props) {
  const change = (name: string, patch: Partial<ColumnRecipe>, label: string): void => {
    const columns = recipe.columns.map((c) => (c.name === name ? { ...c, ...patch } : c));
    onChange({ ...recipe, columns }, label);
  };
  return (
    <>
      <table className={styles.columns}>
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Role</th>
            <th scope="col">Missing</th>
          </tr>
        </thead>
        <tbody>
          {recipe.columns.map(({ name, type, role, missing }) => (
            <tr key={name}>
              <td title={`${name}: ${type}`}>{name}</td>
              <td>
                <select
                  aria-label={`Role of ${name}`}
                  value={role}
                  onChange={(event) => {
                    const chosen = keyOf(roles, event.target.value);
                    if (chosen) change(name, { role: chosen }, `change the role of ${name}`);
                  }}
                >
                  {Object.entries(roles).map(([value, title]) => (
                    <option key={value} value={value} disabled={type === 'text' && value !== 'ignore'}>
                      {title}
                    </option>
                  ))}
                </select>
              </td>
              <td>
                <select
                  aria-label={`Missing values of ${name}`}
                  value={missing}
                  title={missingRules[missing]}
                  disabled={role === 'ignore'}
                  onChange={(event) => {
                    const chosen = keyOf(ruleWords, event.target.value);
                    if (chosen) change(name, { missing: chosen }, `change the rule for ${name}`);
                  }}
                >
                  {Object.entries(ruleWords).map(([value, title]) => (
                    <option
                      key={value}
                      value={value}
                      disabled={type === 'category' && (value === 'mean' || value === 'median')}
                    >
                      {title}
                    </option>
                  ))}
                </select>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
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

function keyOf<T extends object>(words: T, value: string): keyof T | null {
  return Object.hasOwn(words, value) ? (value as keyof T) : null;
}
