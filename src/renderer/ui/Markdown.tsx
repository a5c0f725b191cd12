/** GitHub's Markdown with LaTeX, from documents and layers: text only, no raw HTML, links open outside. */
import ReactMarkdown from 'react-markdown';
import rehypeKatex from 'rehype-katex';
import remarkGfm from 'remark-gfm';
import remarkMath from 'remark-math';
// Of the version that rehype-katex writes for, which package.json must keep to: names of classes differ between versions.
import 'katex/dist/katex.min.css';
import styles from './Markdown.module.css';

export function Markdown({ text }: { readonly text: string }) {
  return (
    <div className={styles.markdown}>
      <ReactMarkdown
        remarkPlugins={[remarkMath, [remarkGfm, { singleTilde: false }]]}
        rehypePlugins={[[rehypeKatex, { strict: 'ignore' }]]}
        components={{
          a: ({ href, children }) => (
            <a href={href} target="_blank" rel="noreferrer">
              {children}
            </a>
          ),
        }}
      >
        {text}
      </ReactMarkdown>
    </div>
  );
}
