import { render } from "preact";
import { start } from "./api/session.ts";
import { App } from "./app.tsx";
import "./styles/base.css";
import "./styles/parts.css";
import { language, speak } from "./words/words.ts";

void start();
speak(language.value);
const root = document.querySelector("#app");
if (root !== null) render(<App />, root);
