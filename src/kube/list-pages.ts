import type { List } from './cluster-api.ts';
import { type ClusterError, explainAnswer, failure, type Outcome } from './cluster-error.ts';
import { type JsonObject, listIn, objectIn, textIn } from './json.ts';
import { isKubeObject, type KubeObject } from './metadata.ts';

const PAGE_SIZE = 500;
/** A hundred thousand objects. A list that goes on is none that ends. */
const MOST_PAGES = 200;

export type PageQuery = { readonly limit?: string; readonly continue?: string };

/**
 * Reads a list page by page. A continue token that expires on the way leads to one list without pages, as client-go's pager
 * does (k8s.io/client-go tools/pager/pager.go). A list that does not end, or goes in circles, fails.
 *
 * @param doing completes "Can't …".
 */
export async function readPages(
  doing: string,
  ask: (query: PageQuery) => Promise<Outcome<JsonObject>>,
): Promise<Outcome<List>> {
  const items: KubeObject[] = [];
  const tokens = new Set<string>();
  let token: string | undefined;
  while (tokens.size < MOST_PAGES) {
    const page = await ask({ limit: String(PAGE_SIZE), ...(token === undefined ? {} : { continue: token }) });
    if (!page.ok) {
      return page.error.kind === 'gone' && token !== undefined ? readAtOnce(doing, await ask({})) : page;
    }
    if (!isList(page.value)) return failure(notAList(doing));
    items.push(...objectsOf(page.value));
    const metadata = objectIn(page.value.metadata);
    token = textIn(metadata.continue) || undefined;
    if (token === undefined) {
      return { ok: true, value: { items, resourceVersion: textIn(metadata.resourceVersion) ?? '' } };
    }
    if (tokens.has(token)) break;
    tokens.add(token);
  }
  return failure({
    kind: 'server',
    headline: `Can't ${doing}: the list does not end.`,
    nextStep: 'Check proxies between here and the API server.',
  });
}

function readAtOnce(doing: string, page: Outcome<JsonObject>): Outcome<List> {
  if (!page.ok) return page;
  if (!isList(page.value)) return failure(notAList(doing));
  const resourceVersion = textIn(objectIn(page.value.metadata).resourceVersion) ?? '';
  return { ok: true, value: { items: objectsOf(page.value), resourceVersion } };
}

function objectsOf(page: JsonObject): readonly KubeObject[] {
  return listIn(page.items).filter(isKubeObject);
}

/** Anything may answer 200 to a list: only what has items and a version to watch from is one. */
function isList(json: JsonObject): boolean {
  return Array.isArray(json.items) && textIn(objectIn(json.metadata).resourceVersion) !== undefined;
}

function notAList(doing: string): ClusterError {
  return explainAnswer(doing, { status: 200, body: '', retryAfter: undefined });
}
