import { type AddressInfo, createServer } from 'node:net';

export interface MailServer {
  /** Address of the server, for `notify.email.smtp`. */
  readonly url: string;
  /** Number of accepted mails. */
  mails(): number;
  close(): Promise<void>;
}

/** A mail server that accepts each mail by SMTP, and counts them. */
export async function startMailServer(): Promise<MailServer> {
  let mails = 0;
  const server = createServer((socket) => {
    let body: string | null = null;
    socket.write('220 mail.example\r\n');
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      const text = chunk.toString();
      if (body !== null) {
        body += text;
        if (!body.endsWith('\r\n.\r\n')) return;
        body = null;
        mails += 1;
        socket.write('250 taken\r\n');
      } else if (text.startsWith('DATA')) {
        body = '';
        socket.write('354 send it\r\n');
      } else if (text.startsWith('QUIT')) socket.end('221 bye\r\n');
      else socket.write('250 fine\r\n');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}/?ignoreTLS=true`,
    mails: () => mails,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
