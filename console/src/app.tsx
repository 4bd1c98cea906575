import { LocationProvider, Route, Router, useLocation } from "preact-iso";
import icon from "../icon.svg";
import { account, actFor, isSignedIn, onlyEndpoint, returnUrl, signedOut, signOut, who } from "./api/session.ts";
import { Account } from "./screens/account.tsx";
import { AddWebhook } from "./screens/add-webhook.tsx";
import { Deliveries } from "./screens/deliveries.tsx";
import { EndpointScreen } from "./screens/endpoint.tsx";
import { EventScreen } from "./screens/event.tsx";
import { OperatorOverview } from "./screens/operator.tsx";
import { SignIn } from "./screens/sign-in.tsx";
import { Statistics } from "./screens/statistics.tsx";
import { Webhooks } from "./screens/webhooks.tsx";
import { LANGUAGE_NAMES, language, speak, w } from "./words/words.ts";

export function App() {
  return (
    <LocationProvider scope="/console">
      <a class="skip" href="#content">
        {w().nav.skip}
      </a>
      <Header />
      <main id="content" tabIndex={-1}>
        <Screen />
      </main>
    </LocationProvider>
  );
}

function Screen() {
  if (!isSignedIn.value)
    return signedOut.value === "starting" ? (
      <p class="quiet" aria-busy="true">
        {w().loading}
      </p>
    ) : (
      <SignIn />
    );
  if (account.value === undefined) return <OperatorOverview />;
  return (
    <Router>
      <Route path="/console" component={Webhooks} />
      <Route path="/console/add" component={AddWebhook} />
      <Route path="/console/webhooks/:id" component={EndpointScreen} />
      <Route path="/console/deliveries" component={Deliveries} />
      <Route path="/console/events/:id" component={EventScreen} />
      <Route path="/console/statistics" component={Statistics} />
      <Route path="/console/account" component={Account} />
      <Route default component={NotFound} />
    </Router>
  );
}

const PAGES = [
  { href: "/console", label: "webhooks" },
  { href: "/console/deliveries", label: "deliveries" },
  { href: "/console/statistics", label: "statistics" },
  { href: "/console/account", label: "account" },
] as const;

/** A session of one endpoint sees nothing of the account. */
const OF_ENDPOINT: readonly string[] = ["webhooks", "deliveries"];

function Header() {
  const pages = PAGES.filter(({ label }) => onlyEndpoint.value === undefined || OF_ENDPOINT.includes(label));
  const { path } = useLocation();
  // An event is reached from its deliveries.
  const isBelow = (href: string) =>
    href !== "/console" &&
    (path.startsWith(href) || (href === "/console/deliveries" && path.startsWith("/console/events/")));
  const isCurrent = (href: string) =>
    isBelow(href) || (href === "/console" && !PAGES.some((page) => isBelow(page.href)));
  return (
    <header>
      <a class="brand" href="/console">
        <Brand />
      </a>
      {isSignedIn.value && account.value !== undefined && (
        <nav aria-label={w().title}>
          {pages.map(({ href, label }) => (
            <a key={href} href={href} aria-current={isCurrent(href) ? "page" : undefined}>
              {w().nav[label]}
            </a>
          ))}
        </nav>
      )}
      <div class="end">
        {returnUrl.value !== undefined && (
          <a href={returnUrl.value} target="_top" rel="noreferrer">
            {w().nav.backTo(new URL(returnUrl.value).host)}
          </a>
        )}
        {who.value?.account === null && account.value !== undefined && (
          <button type="button" class="small" onClick={() => actFor(undefined)}>
            {w().operator.back}
          </button>
        )}
        {account.value !== undefined && <span class="quiet">{account.value}</span>}
        <label>
          <span class="hidden">{w().nav.language}</span>
          <select value={language.value} onChange={({ currentTarget }) => speak(currentTarget.value)}>
            {LANGUAGE_NAMES.map(({ code, name }) => (
              <option key={code} value={code} lang={code}>
                {name}
              </option>
            ))}
          </select>
        </label>
        {isSignedIn.value && (
          <button type="button" class="small" onClick={signOut}>
            {w().nav.signOut}
          </button>
        )}
      </div>
    </header>
  );
}

/** The operator's logo or name, if the page has them. */
function Brand() {
  const { name, logo } = document.documentElement.dataset;
  if (logo !== undefined) return <img class="logo" src={logo} alt={name ?? w().title} />;
  // The first page has the same name: then the sign is enough.
  return name === undefined ? <img class="logo" src={icon} alt={w().nav.home} /> : name;
}

function NotFound() {
  return (
    <section class="empty">
      <h1>{w().notFound}</h1>
      <a href="/console">{w().home}</a>
    </section>
  );
}
