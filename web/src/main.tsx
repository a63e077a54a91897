import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { followDeliveries } from "./data/deliveries";
import { followRefusals } from "./data/lost";
import { outbox } from "./data/outbox/outbox";
import { queries, rememberSeen } from "./data/query";
import { followNeighbours, sessionQuery } from "./data/session";
import { isLasting } from "./data/store";
import { followVersions } from "./data/version";
import { chosenLanguage, Texts } from "./i18n";
import { loadCatalogue } from "./i18n/catalogue";
import { applyTheme } from "./theme";
import "./styles.css";

/** Ask while the language is fetched: on a slow line each question after the other is half a second. */
function askWhoItIs(): void {
  void queries.prefetchQuery(sessionQuery);
}

async function begin(): Promise<void> {
  applyTheme();
  const language = chosenLanguage();
  const [catalogue] = await Promise.all([loadCatalogue(language), rememberSeen().then(askWhoItIs)]);
  const place = document.getElementById("app");
  if (place === null) throw new Error("The page has no place for the app.");
  createRoot(place).render(
    <StrictMode>
      <Texts first={{ language, catalogue }}>
        <App />
      </Texts>
    </StrictMode>,
  );
  followDeliveries();
  followRefusals();
  followNeighbours();
  if ("serviceWorker" in navigator && import.meta.env.PROD) void followVersions().catch(() => undefined);
  addEventListener("beforeunload", (leaving) => {
    // What can't be kept and was not sent would be gone.
    if (!isLasting() && outbox.snapshot().length > 0) leaving.preventDefault();
  });
  await outbox.start();
}

void begin();
