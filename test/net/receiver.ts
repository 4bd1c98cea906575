import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";

/** One request as it came over the wire: nothing decoded, nothing tidied up. */
export interface Post {
  /** First line and header lines, as they were. */
  readonly head: string;
  readonly body: Buffer;
  /** Which connection it came on, from 1. */
  readonly connection: number;
}

/** What a receiver does once a whole request is there: sends these bytes, or anything else. */
export type Behaviour = string | Uint8Array | ((socket: Socket, post: Post) => void);

export interface Receiver extends AsyncDisposable {
  readonly port: number;
  /** http://receiver.test:port/hook, or https. */
  readonly url: string;
  readonly posts: readonly Post[];
  readonly sockets: readonly Socket[];
}

/** A receiver on 127.0.0.1 that no HTTP library would make. It closes with the scope: `await using r = await receiver(…)`. */
export function receiver(behaviour: Behaviour, tls?: TlsOptions): Promise<Receiver> {
  const posts: Post[] = [];
  return rawReceiver(
    (socket, connection) => {
      readPosts(socket, (head, body) => {
        const post = { head, body, connection };
        posts.push(post);
        if (typeof behaviour === "function") behaviour(socket, post);
        else socket.write(behaviour);
      });
    },
    { posts, ...(tls && { tls }) },
  );
}

/** A receiver that is only told of each connection, from 1 on, before any byte has come. */
export async function rawReceiver(
  onConnection: (socket: Socket, connection: number) => void,
  { posts = [], tls }: { posts?: readonly Post[]; tls?: TlsOptions } = {},
): Promise<Receiver> {
  const sockets: Socket[] = [];
  const accept = (socket: Socket) => {
    sockets.push(socket);
    socket.on("error", () => {}); // what our client does to the connection is judged by the client's own outcome
    onConnection(socket, sockets.length);
  };
  const server: Server = tls === undefined ? createServer(accept) : createTlsServer(tls, accept);
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => open.delete(socket));
  });
  server.on("tlsClientError", () => {});
  const port = await listening(server);
  return {
    port,
    url: `${tls === undefined ? "http" : "https"}://receiver.test:${port}/hook`,
    posts,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** A port of 127.0.0.1 where nobody listens. */
export async function deadPort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  await new Promise((closed) => server.close(closed));
  return port;
}

function listening(server: Server): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  return promise;
}

function readPosts(socket: Socket, onPost: (head: string, body: Buffer) => void): void {
  let bytes = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    for (;;) {
      const headEnd = bytes.indexOf("\r\n\r\n");
      if (headEnd === -1) return;
      const head = bytes.subarray(0, headEnd).toString("latin1");
      const bodyStart = headEnd + 4;
      const bodyEnd = bodyStart + Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
      if (bytes.length < bodyEnd) return;
      const body = bytes.subarray(bodyStart, bodyEnd);
      bytes = bytes.subarray(bodyEnd);
      onPost(head, body);
    }
  });
}
