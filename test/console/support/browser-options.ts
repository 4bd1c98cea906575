import sparticuz from "@sparticuz/chromium";

/** How Playwright starts the Chromium that comes from npm. */
export async function browserOptions(): Promise<{ executablePath: string; args: string[] }> {
  // The package unpacks Chromium's own libraries only where it believes to run in Lambda.
  process.env["AWS_LAMBDA_JS_RUNTIME"] = "nodejs22.x";
  const executablePath = await sparticuz.executablePath();
  delete process.env["AWS_LAMBDA_JS_RUNTIME"];
  // Of the package's arguments only these: others switch the browser's security off.
  const args = ["--no-zygote", "--in-process-gpu", "--use-angle=swiftshader", "--font-render-hinting=none"];
  return { executablePath, args };
}
