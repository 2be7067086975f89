import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";

/** A part of a page with its title; `aside` stands at the right of the title. */
export function Panel({
  title,
  aside,
  children,
  class: name,
}: {
  readonly title: string;
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
  readonly class?: string;
}): JSX.Element {
  const id = useId();
  return (
    <section class={name === undefined ? "panel" : `panel ${name}`} aria-labelledby={id}>
      <header class="panel-head">
        <h2 id={id}>{title}</h2>
        {aside !== undefined && <div class="panel-aside">{aside}</div>}
      </header>
      {children}
    </section>
  );
}

/** A number with its name, as a term and what it is. */
export function Fact({
  name,
  children,
  title,
}: {
  readonly name: string;
  readonly children: ComponentChildren;
  readonly title?: string | undefined;
}): JSX.Element {
  return (
    <div class="fact" title={title}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
