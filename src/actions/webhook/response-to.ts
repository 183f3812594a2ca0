import { type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestSecure, type RequestOptions } from 'node:https';

/** Sends a request on a connection of its own. The caller reads or destroys the response. */
export function responseTo(url: URL, options: RequestOptions, body = ''): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? requestSecure : requestPlain;
  return new Promise((resolve, reject) => {
    const call = request(url, { ...options, agent: false }, resolve);
    call.on('error', reject);
    call.end(body);
  });
}

/** The body of a response; null if it has more bytes than `most`, and the rest is not read. */
export async function bytesOf(response: AsyncIterable<Buffer>, most: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    length += chunk.length;
    if (length > most) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
