import { useState } from "preact/hooks";
import { w } from "../words/words.ts";
import { Code, Copy } from "./parts.tsx";

/** How a receiver verifies a signature, with the libraries of Standard Webhooks. */
const CODE: Readonly<Record<string, (secret: string) => string>> = {
  "Node.js": (secret) =>
    `// npm install standardwebhooks\nimport { Webhook } from "standardwebhooks";\nconst event = new Webhook("${secret}").verify(rawBody, request.headers);`,
  Python: (secret) =>
    `# pip install standardwebhooks\nfrom standardwebhooks import Webhook\nevent = Webhook("${secret}").verify(raw_body, request.headers)`,
  PHP: (secret) =>
    `// composer require standard-webhooks/standard-webhooks\n$webhook = new \\StandardWebhooks\\Webhook("${secret}");\n$event = $webhook->verify($rawBody, $headers);`,
  Go: (secret) =>
    `// go get github.com/standard-webhooks/standard-webhooks/libraries/go\nwh, _ := standardwebhooks.NewWebhook("${secret}")\nerr := wh.Verify(rawBody, request.Header)`,
};

export function Verification({ secret }: { readonly secret: string }) {
  const names = Object.keys(CODE);
  const [name, setName] = useState(names[0] ?? "");
  const text = CODE[name]?.(secret) ?? "";
  return (
    <div>
      <div class="row">
        {names.map((each) => (
          <button key={each} type="button" class="small" aria-pressed={each === name} onClick={() => setName(each)}>
            {each}
          </button>
        ))}
        <Copy text={text} label={w().add.copy} />
      </div>
      <Code label={name}>{text}</Code>
    </div>
  );
}
