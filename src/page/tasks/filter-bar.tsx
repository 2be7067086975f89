import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { printable } from "../../domain/printable.ts";
import { TASK_STATES } from "../../domain/watch.ts";
import type { LiveRun } from "../api/live-run.ts";
import { formatEnding } from "../words/endings.ts";
import { shortCount } from "../words/numbers.ts";
import { stateWords } from "../words/states.ts";
import { countsByState } from "./list-age.ts";
import {
  isFiltered,
  rangeFrom,
  rangeText,
  TASK_SORTS,
  type TaskFilters,
  type TaskSort,
  withToggled,
} from "./task-filters.ts";

const SORTS: Readonly<Record<TaskSort, string>> = {
  id: "by id",
  newest: "newest start first",
  age: "longest running first",
  duration: "longest first",
};

/** Milliseconds without a key after which what was typed counts. */
const TYPED = 250;
/** Nodes that are offered, at most. */
const MOST_NODES = 500;

export interface FilterBarProps {
  readonly run: LiveRun;
  readonly filters: TaskFilters;
  /** `replace`: without a step to go back by. */
  readonly change: (changes: Partial<TaskFilters>, replace?: boolean) => void;
  readonly clear: () => void;
}

/** Which tasks are wanted. */
export function FilterBar({ run, filters, change, clear }: FilterBarProps): JSX.Element {
  const { view } = run;
  const { states, kind, node, engine, code, text } = filters;
  // Where there is little room, only those that are in use are shown, until somebody wants more.
  const [isOpen, setOpen] = useState(() => isFiltered({ ...filters, text: "", states: [] }));
  const counts = countsByState(view.tasks);
  const nodes = [...new Set(view.engines.map((each) => each.node))].slice(0, MOST_NODES);
  const kinds = view.kinds.toSorted((a, b) => b.count - a.count);
  return (
    <search class="task-filters" aria-label="Filter of tasks">
      <div class="toggles" role="group" aria-label="States">
        {TASK_STATES.map((state) => {
          const { sign, tone, word } = stateWords(state);
          const count = counts[state];
          const isOn = states.includes(state);
          if (count === 0 && !isOn) return null;
          return (
            <button
              key={state}
              type="button"
              class={`toggle tone-${tone}`}
              aria-pressed={isOn}
              onClick={() => change({ states: withToggled(states, state) })}
            >
              <span aria-hidden="true">{sign}</span> {word}
              {count !== undefined && <span class="count"> {shortCount(count)}</span>}
            </button>
          );
        })}
      </div>
      <div class={isOpen ? "task-fields open" : "task-fields closed"}>
        <TypedField
          class="field-text"
          label="Text in the command or the status line"
          placeholder="Text  ( / )"
          value={text}
          isFirst
          typed={(value) => change({ text: value }, true)}
        />
        <button type="button" class="more" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? "Less" : "More"}
        </button>
        <TypedField
          class="field-ids"
          label="TaskIDs, such as 17 or 10-20"
          placeholder="Ids: 10-20"
          value={rangeText(filters)}
          isWrong={(value) => rangeFrom(value) === undefined}
          typed={(value) => {
            const range = rangeFrom(value);
            if (range !== undefined) change(range, true);
          }}
        />
        <TypedField
          class="field-node"
          label="Node"
          placeholder="Node"
          value={node ?? ""}
          list={nodes}
          typed={(value) => change({ node: value.trim() || undefined }, true)}
        />
        <TypedField
          class="field-number"
          label="Rank of the engine"
          placeholder="Engine"
          value={engine === undefined ? "" : String(engine)}
          isWrong={(value) => !/^\s*\d{0,9}\s*$/.test(value)}
          typed={(value) => change({ engine: value.trim() === "" ? undefined : Number(value) }, true)}
        />
        <TypedField
          class="field-number"
          label="Return code in the status file; of a signal, minus its number"
          placeholder="Code"
          value={code === undefined ? "" : String(code)}
          isWrong={(value) => !/^\s*(?:-?\d{1,9})?\s*$/.test(value)}
          typed={(value) => change({ code: value.trim() === "" ? undefined : Number(value) }, true)}
        />
        {(kinds.length > 0 || kind !== undefined) && (
          <select
            class="field-kind"
            aria-label="Kind of failure"
            value={kind ?? ""}
            onChange={({ currentTarget: { value } }) => change({ kind: value === "" ? undefined : Number(value) })}
          >
            <option value="">Any kind of failure</option>
            {kinds.map(({ id, ending, text: line, isOther, count }) => (
              <option key={id} value={id}>
                {shortCount(count)} ×{" "}
                {isOther ? "other kinds" : `${formatEnding(ending)} ${printable(line)}`.slice(0, 90)}
              </option>
            ))}
            {kind !== undefined && !kinds.some(({ id }) => id === kind) && <option value={kind}>Kind {kind}</option>}
          </select>
        )}
        {isFiltered(filters) && (
          <button type="button" onClick={clear}>
            Clear
          </button>
        )}
      </div>
    </search>
  );
}

/** In which order tasks come. */
export function OrderField({ filters, change }: Pick<FilterBarProps, "filters" | "change">): JSX.Element {
  return (
    <select
      class="order"
      aria-label="Order"
      value={filters.sort}
      onChange={({ currentTarget: { value } }) => change({ sort: TASK_SORTS.find((each) => each === value) ?? "id" })}
    >
      {TASK_SORTS.map((each) => (
        <option key={each} value={each}>
          {SORTS[each]}
        </option>
      ))}
    </select>
  );
}

interface TypedFieldProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly class: string;
  /** What may be meant. */
  readonly list?: readonly string[] | undefined;
  /** `/` goes there. */
  readonly isFirst?: boolean | undefined;
  readonly isWrong?: ((value: string) => boolean) | undefined;
  /** Somebody has typed this, and stopped for a moment. */
  readonly typed: (value: string) => void;
}

function TypedField({
  label,
  placeholder,
  value,
  class: name,
  list,
  isFirst,
  isWrong,
  typed,
}: TypedFieldProps): JSX.Element {
  const [draft, setDraft] = useState(value);
  const told = useRef(value);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  // Another value has come by the address: what was typed before does not count any more.
  useEffect(() => {
    if (value === told.current) return;
    told.current = value;
    clearTimeout(timer.current);
    setDraft(value);
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const tell = (text: string): void => {
    clearTimeout(timer.current);
    if (text === told.current || isWrong?.(text) === true) return;
    told.current = text;
    typed(text);
  };
  const id = `list-${name}`;
  return (
    <>
      <input
        type="search"
        class={name}
        aria-label={label}
        title={label}
        placeholder={placeholder}
        value={draft}
        autocomplete="off"
        spellcheck={false}
        maxLength={1000}
        list={list === undefined ? undefined : id}
        aria-invalid={isWrong?.(draft) === true}
        data-filter={isFirst === true ? "" : undefined}
        onInput={({ currentTarget }) => {
          const text = currentTarget.value;
          setDraft(text);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => tell(text), TYPED);
        }}
        onKeyDown={({ key, currentTarget }) => {
          if (key === "Enter") tell(currentTarget.value);
        }}
        onBlur={({ currentTarget }) => tell(currentTarget.value)}
      />
      {list !== undefined && (
        <datalist id={id}>
          {list.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      )}
    </>
  );
}
