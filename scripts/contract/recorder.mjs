// A proxy that records each call and its status. The program's requests are forwarded unchanged, byte for byte.
import { createServer, request } from 'node:http';

/**
 * Starts the proxy. `prefer(call)` names the example that Prism should respond with, or undefined for its
 * first one. To select it, the proxy adds the header `Prefer`, which the program itself never sends.
 */
export async function startRecorder(upstream, prefer = () => undefined) {
  const { hostname, port } = new URL(upstream);
  const calls = [];
  const server = createServer(async (incoming, answer) => {
    const chunks = await incoming.toArray();
    const body = Buffer.concat(chunks);
    const { pathname, searchParams } = new URL(incoming.url, upstream);
    const call = {
      method: incoming.method,
      path: pathname,
      query: searchParams,
      headers: incoming.headers,
      body: body.length === 0 ? undefined : parse(body),
      status: 0,
    };
    calls.push(call);
    const example = prefer(call);
    const headers = [
      ...incoming.rawHeaders,
      ...(example === undefined ? [] : ['Prefer', `example=${example}`]),
    ];
    const onward = request(
      { hostname, port, method: incoming.method, path: incoming.url, headers, agent: false },
      (given) => {
        call.status = given.statusCode;
        answer.writeHead(given.statusCode, given.rawHeaders);
        given.pipe(answer);
      },
    );
    onward.on('error', (error) => {
      call.status = 502;
      answer.writeHead(502).end(error.message);
    });
    onward.end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    calls,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function parse(body) {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return body.toString('utf8');
  }
}
