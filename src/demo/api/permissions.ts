/** One thing that somebody wants to do, as RBAC sees it. */
export type AccessAttributes = {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
};

/** What is denied: requests that match every member that is present. */
export type DeniedAccess = Partial<AccessAttributes>;

/** What the one user of the cluster may do: everything but what was denied. */
export interface Permissions {
  /** Whether nothing is denied. */
  readonly isUnlimited: boolean;
  allows(attributes: AccessAttributes): boolean;
  /** Denies from now on, besides what was denied before. */
  deny(access: DeniedAccess): void;
  /** Allows everything again. */
  allowAll(): void;
}

export function createPermissions(): Permissions {
  let denied: readonly DeniedAccess[] = [];
  const isDenied = (rule: DeniedAccess, attributes: AccessAttributes) =>
    (rule.verb ?? attributes.verb) === attributes.verb &&
    (rule.group ?? attributes.group) === attributes.group &&
    (rule.resource ?? attributes.resource) === attributes.resource &&
    (rule.subresource ?? attributes.subresource) === attributes.subresource &&
    (rule.namespace ?? attributes.namespace) === attributes.namespace;
  return {
    get isUnlimited() {
      return denied.length === 0;
    },
    allows: attributes => !denied.some(rule => isDenied(rule, attributes)),
    deny: access => {
      denied = [...denied, access];
    },
    allowAll: () => {
      denied = [];
    },
  };
}
