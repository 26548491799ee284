import { isJsonObject } from '../../json.ts';

/** A step of a path as FieldsV1 spells it: `f:name`, `k:{"name":"x"}` or `v:"text"`. */
export type PathStep = string;

type FieldNode = { readonly isMember: boolean; readonly children: FieldSet };

/** A set of paths to fields, as a tree. */
export type FieldSet = ReadonlyMap<PathStep, FieldNode>;

export const NO_FIELDS: FieldSet = new Map();

const MEMBER = '.';

/** A set that grows while a value is walked. */
export class FieldSetBuilder {
  readonly #root = new Map<PathStep, { isMember: boolean; children: FieldSet }>();

  /** The empty path is the object itself, which nobody owns. */
  insert(path: readonly PathStep[]): void {
    let level = this.#root;
    for (const [index, step] of path.entries()) {
      const node = level.get(step) ?? { isMember: false, children: new Map() };
      level.set(step, node);
      if (index === path.length - 1) node.isMember = true;
      level = node.children as typeof level;
    }
  }

  get set(): FieldSet {
    return this.#root;
  }
}

export function isEmptySet(set: FieldSet): boolean {
  return set.size === 0;
}

const NO_NODE: FieldNode = { isMember: false, children: NO_FIELDS };

/** Joins two trees step by step; a node that neither is a member nor has children is left out. */
function combine(
  left: FieldSet,
  right: FieldSet,
  isMember: (inLeft: boolean, inRight: boolean) => boolean,
): FieldSet {
  const combined = new Map<PathStep, FieldNode>();
  for (const step of new Set([...left.keys(), ...right.keys()])) {
    const one = left.get(step) ?? NO_NODE;
    const other = right.get(step) ?? NO_NODE;
    const children = combine(one.children, other.children, isMember);
    const node = { isMember: isMember(one.isMember, other.isMember), children };
    if (node.isMember || children.size > 0) combined.set(step, node);
  }
  return combined;
}

export function union(left: FieldSet, right: FieldSet): FieldSet {
  return combine(left, right, (inLeft, inRight) => inLeft || inRight);
}

export function intersection(left: FieldSet, right: FieldSet): FieldSet {
  return combine(left, right, (inLeft, inRight) => inLeft && inRight);
}

export function difference(left: FieldSet, right: FieldSet): FieldSet {
  return combine(left, right, (inLeft, inRight) => inLeft && !inRight);
}

/** The paths of the set in the order of their spelling. */
export function pathsOf(set: FieldSet, prefix: readonly PathStep[] = []): readonly (readonly PathStep[])[] {
  return [...set.keys()].sort().flatMap(step => {
    const { isMember, children } = set.get(step) ?? NO_NODE;
    const path = [...prefix, step];
    return [...(isMember ? [path] : []), ...pathsOf(children, path)];
  });
}

export type FieldsV1 = { readonly [step: string]: FieldsV1 };

export function writeFieldsV1(set: FieldSet): FieldsV1 {
  const steps = [...set.keys()].sort().map(step => {
    const { isMember, children } = set.get(step) ?? NO_NODE;
    const below = writeFieldsV1(children);
    return [step, isMember && children.size > 0 ? { [MEMBER]: {}, ...below } : below] as const;
  });
  return Object.fromEntries(steps);
}

/** Whether text from outside is a step. Steps by index name nothing that lasts, and are not among them. */
function isStep(text: string): boolean {
  if (text.startsWith('f:')) return true;
  if (!text.startsWith('k:') && !text.startsWith('v:')) return false;
  try {
    const spelled: unknown = JSON.parse(text.slice(2));
    return text.startsWith('v:') || isJsonObject(spelled);
  } catch {
    return false;
  }
}

/** The set that a client or the storage has as FieldsV1. What is none reads as empty. */
export function readFieldsV1(fields: unknown): FieldSet {
  const set = new Map<PathStep, FieldNode>();
  if (!isJsonObject(fields)) return set;
  for (const [step, below] of Object.entries(fields)) {
    if (!isStep(step) || !isJsonObject(below)) continue;
    const children = readFieldsV1(below);
    set.set(step, { isMember: children.size === 0 || Object.hasOwn(below, MEMBER), children });
  }
  return set;
}

/** A path in words: `.spec.template.spec.containers[name="x"].image`. */
export function pathText(path: readonly PathStep[]): string {
  return path.map(stepText).join('');
}

function stepText(step: PathStep): string {
  const spelled = step.slice(2);
  if (step.startsWith('f:')) return `.${spelled}`;
  if (step.startsWith('v:')) return `[=${spelled}]`;
  const key: unknown = JSON.parse(spelled);
  const members = isJsonObject(key) ? Object.entries(key) : [];
  return `[${members.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]`;
}
