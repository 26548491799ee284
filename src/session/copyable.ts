/** Something that can be copied. */
export type Copyable = {
  /** What it is, as in "copied the URL of the gateway". */
  readonly name: string;
  readonly content:
    | { readonly kind: 'text'; readonly text: string }
    /** Its YAML is read from the API server: the screen does not keep the whole object. */
    | { readonly kind: 'virtual-service'; readonly namespace: string; readonly name: string };
};

export function copyableText(name: string, text: string): Copyable {
  return { name, content: { kind: 'text', text } };
}
