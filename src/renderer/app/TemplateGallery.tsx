/** The templates of the start screen: by theme in teaching order, those of one family on one card; and a search over all of it. */
import { Search } from 'lucide-react';
import { useState } from 'react';
import { type Template, templates, themes } from '../../engine/index.ts';
import { openCopy } from '../session/files.ts';
import { useWorkbench } from '../session/workbench.ts';
import { WhatIsThis } from '../ui/WhatIsThis.tsx';
import styles from './TemplateGallery.module.css';
import { TemplatePicture } from './TemplatePicture.tsx';
import { cardsOf, matching } from './template-cards.ts';

export function TemplateGallery() {
  const [query, setQuery] = useState('');
  const found = matching(templates, query);
  return (
    <>
      <header className={styles.head}>
        <div>
          <h2>
            Start from a template <WhatIsThis topic="templatePicture" />
          </h2>
          <p className={styles.sub}>
            Each trains out of the box, says what to look at, and reaches what it promises.
          </p>
        </div>
        <label className={styles.search}>
          <Search aria-hidden />
          <input
            type="search"
            value={query}
            placeholder={`Search ${templates.length} templates`}
            aria-label="Search templates"
            onChange={({ target }) => setQuery(target.value)}
          />
        </label>
      </header>
      {themes.map(({ id, title, summary }) => {
        const ofTheme = found.filter(({ theme }) => theme === id);
        if (ofTheme.length === 0) return null;
        const cards = cardsOf(ofTheme);
        return (
          <section key={id} aria-label={title}>
            <h3 className={styles.theme}>
              {title} <span>{summary}</span>
            </h3>
            <ul className={styles.gallery} data-pair={cards.length === 2}>
              {cards.map((members) => (
                <li key={members[0].id}>
                  {members[0].family ? (
                    <FamilyCard members={members} family={members[0].family} />
                  ) : (
                    <TemplateCard template={members[0]} />
                  )}
                </li>
              ))}
            </ul>
          </section>
        );
      })}
      {found.length === 0 && (
        <p className={styles.none} role="status">
          No template is about “{query}”. Try the name of a layer, such as LSTM, or of a fault, such as
          vanishing.
        </p>
      )}
    </>
  );
}

function TemplateCard({ template }: { readonly template: Template }) {
  const workbench = useWorkbench();
  return (
    <button
      type="button"
      className={`${styles.card} ${styles.whole}`}
      onClick={() => void openCopy(workbench, template.document)}
    >
      <TemplatePicture document={template.document} />
      <span className={styles.cardText}>
        <strong>{template.title}</strong>
        <span>{template.summary}</span>
      </span>
    </button>
  );
}

interface FamilyProps {
  readonly members: readonly [Template, ...Template[]];
  readonly family: NonNullable<Template['family']>;
}

/** Templates that differ in one thing: one picture, and a button for each. */
function FamilyCard({ members, family }: FamilyProps) {
  const workbench = useWorkbench();
  return (
    <fieldset className={styles.card} aria-label={family.title}>
      <TemplatePicture document={members[0].document} />
      <div className={styles.cardText}>
        <strong>{family.title}</strong>
        <span>{family.summary}</span>
        <div className={styles.variants}>
          {members.map(({ id, title, summary, family: own, document }) => (
            <button
              key={id}
              type="button"
              title={summary}
              aria-label={`${title}: ${own?.variant}`}
              onClick={() => void openCopy(workbench, document)}
            >
              {own?.variant}
            </button>
          ))}
        </div>
      </div>
    </fieldset>
  );
}
