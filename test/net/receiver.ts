import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";

/** One request as received, not decoded or normalised. */
export interface Post {
  /** The request line and the header lines. */
  readonly head: string;
  readonly body: Buffer;
  /** The number of its connection, from 1. */
  readonly connection: number;
}

/** What a receiver does after a complete request: sends these bytes, or runs a function. */
export type Behaviour = string | Uint8Array | ((socket: Socket, post: Post) => void);

export interface Receiver extends AsyncDisposable {
  readonly port: number;
  /** http://receiver.test:port/hook, or https. */
  readonly url: string;
  readonly posts: readonly Post[];
  readonly sockets: readonly Socket[];
}

/** A receiver on 127.0.0.1 that does not use an HTTP library. It closes with its scope: `await using r = await receiver(…)`. */
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

/** A receiver that gets each connection, from 1 on, before any data has arrived. */
export async function rawReceiver(
  onConnection: (socket: Socket, connection: number) => void,
  { posts = [], tls }: { posts?: readonly Post[]; tls?: TlsOptions } = {},
): Promise<Receiver> {
  const sockets: Socket[] = [];
  const accept = (socket: Socket) => {
    sockets.push(socket);
    socket.on("error", () => {}); // the client's own outcome shows what happened to the connection
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

/** A port of 127.0.0.1 on which nothing listens. */
export async function closedPort(): Promise<number> {
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
