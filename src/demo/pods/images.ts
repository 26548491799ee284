import { istiodStartLines, proxyStartLines } from '../gateway/istio-log.ts';

/** What an image does when it runs. */
export type ImageContent =
  /** A web server with one page, on port 80. */
  | { readonly type: 'web'; readonly html: string }
  /** Runs, and this process does not know what is in it. */
  | { readonly type: 'opaque'; readonly startLines: (atMs: number) => readonly string[] }
  /** Built for another architecture than the node's: it is pulled, and its program cannot be run. */
  | { readonly type: 'other-architecture' }
  /** Nobody can pull it. */
  | { readonly type: 'missing' };

/** What is wrong with the tutorial's own images on this cluster. */
export type TutorialImages = 'other-architecture' | 'missing';

/** The images that can be pulled. */
export interface ImageRegistry {
  find(image: string): ImageContent;
  /** Gives the tutorial's image of that tag another page. */
  setPage(tag: string, html: string): void;
}

const REPOSITORY = 'janakiramm/myapp';

function page(colour: string, version: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<title>myapp ${version}</title>
<style>
body { background-color: ${colour}; color: white; font-family: sans-serif; text-align: center; margin-top: 20%; }
</style>
</head>
<body>
<h1>Application version ${version}</h1>
</body>
</html>
`;
}

const NGINX_PAGE = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, nginx is successfully installed and working.</p>
</body>
</html>
`;

/** Images that run, and what they write first. */
const OPAQUE = [
  { name: /(^|\/)istio\/pilot$/, startLines: istiodStartLines },
  { name: /(^|\/)istio\/proxyv2$/, startLines: proxyStartLines },
  { name: /^registry\.k8s\.io\/pause$/, startLines: () => [] },
];

/** Repository and tag, without the registry that Docker adds. */
function split(image: string): readonly [repository: string, tag: string] {
  const [, repository = '', tag = 'latest'] =
    /^(?:docker\.io\/)?(?:library\/)?(.+?)(?::([^/:]+))?$/.exec(image) ?? [];
  return [repository, tag];
}

export function createImageRegistry(tutorialImages?: TutorialImages): ImageRegistry {
  const pages = new Map([
    ['v1', page('blue', 'v1')],
    ['v2', page('green', 'v2')],
  ]);
  return {
    find: image => {
      const [repository, tag] = split(image);
      if (repository === REPOSITORY) {
        if (tutorialImages !== undefined) return { type: tutorialImages };
        const html = pages.get(tag);
        return html === undefined ? { type: 'missing' } : { type: 'web', html };
      }
      if (repository === 'nginx' || repository === 'nginxinc/nginx-unprivileged')
        return { type: 'web', html: NGINX_PAGE };
      const startLines = OPAQUE.find(({ name }) => name.test(repository))?.startLines;
      return startLines ? { type: 'opaque', startLines } : { type: 'missing' };
    },
    setPage: (tag, html) => {
      pages.set(tag, html);
    },
  };
}
