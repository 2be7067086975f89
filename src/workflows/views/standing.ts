import type { InstanceState } from "../../domain/instance-state.ts";
import type { Graph } from "../graph/graph.ts";
import type { Instance } from "../graph/instance.ts";

/** The instances of a workflow, as far as they are known. */
export interface KnownInstances extends Pick<
  Graph,
  "templates" | "template" | "axis" | "size" | "has" | "nameOf" | "leftOutBy"
> {
  /** What it needs, and what needs it. One that several edges lead to may come several times. */
  parents(instance: Instance): Iterable<Instance>;
  children(instance: Instance): Iterable<Instance>;
}

/** Where the instances of a workflow stand in a run. */
export interface Standing {
  readonly instances: KnownInstances;
  /** Undefined for an instance that the run does not want. */
  stateOf(instance: Instance): InstanceState | undefined;
  /** The file that others were to make and have not, of an instance that is blocked by that. */
  missingFor?(instance: Instance): string | undefined;
}

/** An instance, and where it stands. */
export interface PlacedInstance {
  readonly name: string;
  readonly state: InstanceState | undefined;
}

/** All instances, template by template. */
export function* allInstances(known: KnownInstances): Generator<Instance> {
  for (let template = 0; template < known.templates; template++) {
    for (let index = 0; index < known.size(template); index++)
      if (known.has(template, index)) yield { template, index };
  }
}

/** The instance with its name. */
export function placed(standing: Standing, instance: Instance): PlacedInstance {
  const name = standing.instances.nameOf(instance.template, instance.index);
  return { name, state: standing.stateOf(instance) };
}
