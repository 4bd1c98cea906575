// Runs in the browser. Received content is only set as text, never as markup.
const inbox = document.body.dataset.inbox;
const list = document.getElementById("posts");
const line = document.getElementById("line");
const items = new Map();

const url = `${location.origin}/inbox/${inbox}`;
document.getElementById("url").textContent = url;
document.getElementById("copy").addEventListener("click", async ({ target }) => {
  await navigator.clipboard.writeText(url);
  target.textContent = "Copied";
  setTimeout(() => {
    target.textContent = "Copy";
  }, 1500);
});

const feed = new EventSource(`/inbox/${inbox}`);
feed.addEventListener("open", () => setLine(true));
feed.addEventListener("error", () => setLine(false));
feed.addEventListener("message", ({ data }) => show(JSON.parse(data)));

function setLine(isLive) {
  line.classList.toggle("live", isLive);
  const count = items.size === 1 ? "1 request" : `${items.size} requests`;
  line.textContent = isLive ? `live · ${count}` : "not connected: is Rappel running? Reconnecting …";
}

function show(post) {
  let item = items.get(post.number);
  if (!item) {
    item = document.getElementById("post").content.firstElementChild.cloneNode(true);
    items.set(post.number, item);
    list.prepend(item);
    if (items.size > 500) drop(Math.min(...items.keys()));
    item.querySelector("details").addEventListener("toggle", ({ target }) => target.open && void fill(item, item.post));
  }
  item.post = post;
  document.getElementById("empty").hidden = true;
  summarize(item, post);
  if (item.querySelector("details").open) void fill(item, post);
  setLine(feed.readyState === EventSource.OPEN);
}

function drop(number) {
  items.get(number).remove();
  items.delete(number);
}

function summarize(item, post) {
  const set = (selector, text) => {
    item.querySelector(selector).textContent = text;
  };
  item.classList.toggle("verified", post.isVerified);
  set(".verdict", post.isVerified ? "✓ verified" : "✗ not verified");
  set(".id", post.webhookId ?? `${post.method} without webhook-id`);
  set(".attempt", `attempt ${post.attempt}`);
  item.querySelector(".attempt").classList.toggle("again", post.attempt > 1);
  set(".size", `${post.bodyBytes.toLocaleString("en")} B`);
  const delay = post.answer.delayMs > 0 ? ` after ${post.answer.delayMs} ms` : "";
  const isHungUp = post.hungUpAfterMs !== null;
  set(
    ".answer",
    isHungUp ? `caller hung up after ${post.hungUpAfterMs} ms` : `responded ${post.answer.status}${delay}`,
  );
  item.querySelector(".answer").classList.toggle("bad", isHungUp || post.answer.status > 299);
  const at = new Date(post.receivedAt);
  item.querySelector("time").dateTime = at.toISOString();
  set("time", `${at.toLocaleTimeString("en-GB")}.${String(at.getMilliseconds()).padStart(3, "0")}`);
}

async function fill(item, post) {
  const whole = post.bodyBase64 === null ? await fetchWhole(post) : post;
  const why = whole.isVerified ? "Verified" : "Not verified";
  item.querySelector(".why").textContent = `${why}: ${whole.verdict}. ${whole.method} ${whole.target}`;
  const isText = whole.body !== null;
  item.querySelector(".kind").textContent = isText ? "· UTF-8, exactly as received" : "· not UTF-8, shown as hex";
  const pre = item.querySelector("pre");
  pre.textContent = isText ? whole.body : hex(Uint8Array.from(atob(whole.bodyBase64), (char) => char.charCodeAt(0)));
  pre.classList.toggle("hex", !isText);
  item.querySelector("tbody").replaceChildren(...whole.headers.map(([name, value]) => row(name, value)));
}

async function fetchWhole({ number }) {
  const answer = await fetch(`/inbox/${inbox}?number=${number}`, { headers: { accept: "application/json" } });
  return answer.json();
}

function row(name, value) {
  const tr = document.createElement("tr");
  tr.classList.toggle("webhook", name.toLowerCase().startsWith("webhook-"));
  const th = document.createElement("th");
  th.scope = "row";
  th.textContent = name;
  const td = document.createElement("td");
  td.textContent = value;
  tr.append(th, td);
  return tr;
}

function hex(bytes) {
  const lines = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const part = [...bytes.slice(at, at + 16)];
    const codes = part.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const chars = part.map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : "·")).join("");
    lines.push(`${at.toString(16).padStart(8, "0")}  ${codes.padEnd(47)}  ${chars}`);
  }
  return lines.join("\n");
}
