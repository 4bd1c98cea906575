/** `npm run keys`: creates, lists and deletes API keys, in the local service or in a deployed table. */
import { runKeys } from "../local/commands/keys.ts";

await runKeys(process.argv.slice(2), "npm run keys --");
