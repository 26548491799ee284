import type { KubeObject } from '../kinds/kind.ts';
import type { Problem } from '../kinds/problems.ts';

/** A name that can stand in a URL and a host name. */
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LONGEST_NAME = 253;
const SUBDOMAIN_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end " +
  "with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
  "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const LABEL_VALUE_RULE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end " +
  "with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is " +
  "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

const KEY_NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const KEY_NAME_RULE =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric " +
  "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is " +
  "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const KEY_RULE =
  "a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an " +
  "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is " +
  "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
const LONGEST_LABEL = 63;

function invalid(field: string, value: string, rule: string): Problem {
  return { reason: 'FieldValueInvalid', field, message: `Invalid value: ${JSON.stringify(value)}: ${rule}` };
}

function nameProblems(field: string, name: string): readonly Problem[] {
  return name.length <= LONGEST_NAME && SUBDOMAIN.test(name) ? [] : [invalid(field, name, SUBDOMAIN_RULE)];
}

/** What is wrong with the name of a label or an annotation. */
export function labelKeyProblem(key: string): string | undefined {
  const [name = '', prefix, ...others] = key.split('/').reverse();
  if (others.length > 0) return KEY_RULE;
  if (prefix !== undefined && !SUBDOMAIN.test(prefix)) return `prefix part ${SUBDOMAIN_RULE}`;
  if (!KEY_NAME.test(name)) return KEY_NAME_RULE;
  return name.length > LONGEST_LABEL ? `name part must be no more than ${LONGEST_LABEL} bytes` : undefined;
}

function keyProblems(field: string, keys: readonly string[]): readonly Problem[] {
  return keys.flatMap(key => {
    const problem = labelKeyProblem(key);
    return problem === undefined ? [] : [invalid(field, key, problem)];
  });
}

/** What is wrong with the value of a label. */
export function labelValueProblem(value: string): string | undefined {
  if (!LABEL_VALUE.test(value)) return LABEL_VALUE_RULE;
  return value.length > LONGEST_LABEL ? `must be no more than ${LONGEST_LABEL} bytes` : undefined;
}

/** What is wrong with labels, which have rules for names and values. */
export function labelProblems(
  field: string,
  labels: Readonly<Record<string, string>> = {},
): readonly Problem[] {
  const values = Object.values(labels).flatMap(value => {
    const problem = labelValueProblem(value);
    return problem === undefined ? [] : [invalid(field, value, problem)];
  });
  return [...keyProblems(field, Object.keys(labels)), ...values];
}

/** What is wrong with an object's metadata beyond its types. */
export function metadataProblems({ metadata }: KubeObject): readonly Problem[] {
  const { name, labels, annotations = {} } = metadata;
  return [
    ...nameProblems('metadata.name', name),
    ...labelProblems('metadata.labels', labels),
    ...keyProblems('metadata.annotations', Object.keys(annotations)),
  ];
}
