/** The version in package.json, as the User-Agent and the OpenAPI document show it. A test holds the two equal. */
export const VERSION = "0.1.0";
