/** The version in package.json, as the User-Agent and the OpenAPI document show it. Written by `npm version`. */
export const VERSION = "0.1.0";
