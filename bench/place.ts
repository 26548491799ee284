import { join } from 'node:path';
import { createEmptyPlace, type EmptyPlace } from '../test/terminal/program.ts';

/** An empty place where Node keeps its compile cache, as it does for people. */
export function createPlaceWithCache(): EmptyPlace {
  const { env, ...place } = createEmptyPlace();
  const { NODE_DISABLE_COMPILE_CACHE: _, ...kept } = env;
  return { ...place, env: { ...kept, NODE_COMPILE_CACHE: join(place.home, 'compile-cache') } };
}
