import { jsonText } from '../answer.ts';
import { type ApiRequest, type ApiResponse, headerOf } from '../request.ts';
import { encodeOpenApiV2, GNOSTIC_V2 } from './gnostic.ts';
import { openApiV2 } from './openapi-v2.ts';
import { createOpenApiV3 } from './openapi-v3.ts';

/** Answers requests for the published description of the API. It is made when it is first asked for. */
export function createOpenApi(): (request: ApiRequest) => ApiResponse | undefined {
  const v3 = createOpenApiV3();
  let binaryV2: Buffer | undefined;
  return request => {
    const path = request.path.replace(/\/$/, '');
    if (path === '/openapi/v3') return { type: 'text', code: 200, text: JSON.stringify(v3.index()) };
    if (path === '/openapi/v2') {
      if (!headerOf(request, 'accept').includes(GNOSTIC_V2)) return jsonText(JSON.stringify(openApiV2()));
      binaryV2 ??= encodeOpenApiV2(openApiV2());
      return {
        type: 'content',
        code: 200,
        contentType: GNOSTIC_V2.replace('@', '.'),
        content: binaryV2,
      };
    }
    const document = v3.documentAt(path);
    return document === undefined ? undefined : jsonText(document);
  };
}
