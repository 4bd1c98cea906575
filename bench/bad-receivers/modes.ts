import type { Socket } from "node:net";

/** What a bad receiver does with each connection. The request is not parsed. */
export type Mode = (socket: Socket) => void;

const TINY_MS = 100; // ours
const MEGABYTE = 1024 * 1024;

/** Writes the same text again and again, as fast as the other side takes it. */
const flood = (head: string, again: string) => (socket: Socket) => {
  const chunk = again.repeat(Math.ceil(16_384 / again.length));
  const more = () => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.on("drain", more);
  socket.write(head);
  more();
};
/** Writes a text, then a piece every 100 ms. */
const trickle = (head: string, piece: (n: number) => string) => (socket: Socket) => {
  socket.write(head);
  let n = 0;
  const timer = setInterval(() => socket.write(piece(n++)), TINY_MS);
  socket.on("close", () => clearInterval(timer));
};
const answer = (text: string) => (socket: Socket) => {
  socket.end(text);
};
/** Acts when the first bytes of the request have arrived. */
const onRequest = (mode: Mode) => (socket: Socket) => {
  socket.once("data", () => mode(socket));
};
const OK = "HTTP/1.1 200 OK\r\n";
const byCharacter = (text: string) => trickle("", (n) => text.charAt(n % text.length));
let flips = 0;

/** 33 receivers that no specification allows for. Each has a port of its own. */
export const MODES: Readonly<Record<string, Mode>> = {
  "endless 102": onRequest(flood("", "HTTP/1.1 102 P\r\n\r\n")),
  "endless 100": onRequest(flood("", "HTTP/1.1 100 Continue\r\n\r\n")),
  "endless 103 with headers": onRequest(flood("", "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n")),
  "endless empty lines": onRequest(flood("", "\r\n")),
  "endless headers": onRequest(flood(OK, "x-a: 1\r\n")),
  "one endless header": onRequest(flood(`${OK}x-a: `, "a")),
  "endless garbage": onRequest(flood("", "\u0000\u0001garbage")),
  "an answer that never stops": onRequest(flood(`${OK}\r\n`, "body ")),
  "endless tiny chunks": onRequest(flood(`${OK}transfer-encoding: chunked\r\n\r\n`, "1\r\na\r\n")),
  "an endless chunk extension": onRequest(flood(`${OK}transfer-encoding: chunked\r\n\r\n1;`, "x=")),
  "endless trailers": onRequest(flood(`${OK}transfer-encoding: chunked\r\n\r\n0\r\n`, "x-a: 1\r\n")),
  "answers after the answer": onRequest(flood(`${OK}content-length: 2\r\n\r\nok`, `${OK}content-length: 2\r\n\r\nok`)),
  "a flood after 101": onRequest(flood("HTTP/1.1 101 S\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n", "frame ")),
  "a flood before the request": flood(OK, "x-a: 1\r\n"),
  "trickled status": onRequest(byCharacter(`${OK}content-length: 0\r\n\r\n`)),
  "trickled headers": onRequest(trickle(OK, (n) => `x-${n}: 1\r\n`)),
  "trickled body": onRequest(trickle(`${OK}content-length: 100000\r\n\r\n`, () => "a")),
  "trickled chunks": onRequest(trickle(`${OK}transfer-encoding: chunked\r\n\r\n`, () => "1\r\na\r\n")),
  "trickled 102": onRequest(trickle("", () => "HTTP/1.1 102 P\r\n\r\n")),
  "a body that does not come": onRequest((socket) => void socket.write(`${OK}content-length: ${MEGABYTE}\r\n\r\n`)),
  "a body of 1 MB with 500": onRequest(
    answer(`HTTP/1.1 500 E\r\ncontent-length: ${MEGABYTE}\r\n\r\n${"e".repeat(MEGABYTE)}`),
  ),
  "compressed zeros": onRequest(
    answer(`${OK}content-encoding: gzip\r\ncontent-length: 65536\r\n\r\n${"\0".repeat(65_536)}`),
  ),
  "never answers": (socket) => void socket.resume(),
  "never reads": (socket) => void socket.pause(),
  "hangs up at once": (socket) => void socket.destroy(),
  "hangs up after the request": onRequest((socket) => void socket.destroy()),
  "resets after the request": onRequest((socket) => void socket.resetAndDestroy()),
  "half an answer": onRequest(answer("HTTP/1.1 200 O")),
  "HTTP/0.9": onRequest(answer("hello")),
  "an answer before the request": (socket) => void socket.write(`${OK}content-length: 0\r\n\r\n`),
  "redirects to itself": onRequest(answer("HTTP/1.1 302 F\r\nlocation: /\r\ncontent-length: 0\r\n\r\n")),
  "asks for a day of patience": onRequest(answer("HTTP/1.1 429 T\r\nretry-after: 86400\r\ncontent-length: 0\r\n\r\n")),
  "works every other time": onRequest((socket) => {
    if (flips++ % 2 === 0) socket.end(`${OK}content-length: 0\r\n\r\n`);
  }),
};

/** A well-behaved receiver, to compare with. */
export const GOOD: Mode = (socket) => {
  socket.on("data", (data: Buffer) => {
    // Each POST is one small chunk that ends with its payload.
    if (data.includes("}")) socket.write(`${OK}content-length: 0\r\n\r\n`);
  });
};
