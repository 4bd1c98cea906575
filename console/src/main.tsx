import { render } from "preact";

render(<p>Hello</p>, document.querySelector("#app") as Element);
