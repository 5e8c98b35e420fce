// The IDE page: GraphiQL against the API that served the page.
import { setNonce } from "get-nonce";
import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";
import "graphiql/style.css";
import "./ide.css";

/** A Storage that forgets at reload: variables may hold access keys, headers bearer tokens. */
function forgetfulStorage() {
  const items = new Map();
  return {
    get length() {
      return items.size;
    },
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => items.set(key, value),
    removeItem: (key) => items.delete(key),
    clear: () => items.clear(),
  };
}

/** Post one operation and return the response's JSON, whatever its HTTP status. */
const fetcherFor = (url) => async (operation, options) => {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      accept: "application/graphql-response+json, application/json;q=0.9",
      "content-type": "application/json",
      ...options?.headers,
    },
    body: JSON.stringify(operation),
  });
  return response.json();
};

const root = document.getElementById("ide");
// The one style that a dialog adds while it is open carries the nonce the page's policy asks for.
setNonce(root.dataset.nonce);
createRoot(root).render(
  <GraphiQL
    fetcher={fetcherFor(root.dataset.url)}
    defaultQuery={root.dataset.query}
    defaultEditorToolsVisibility="variables"
    isHeadersEditorEnabled
    shouldPersistHeaders={false}
    showPersistHeadersSettings={false}
    storage={forgetfulStorage()}
  />,
);
