/** Which screen is shown: `#/supplier/…` says it, and every screen is one request. */
import { useApolloClient, useFragment, useMutation, useReactiveVar } from "@apollo/client/react";
import { useEffect, useRef, useSyncExternalStore, type ComponentType } from "react";
import { hidden, session } from "./client";
import { graphql } from "./gql";
import { Products } from "./Products";
import { PurchaseOrder } from "./PurchaseOrder";
import { Report } from "./Report";
import { SignIn } from "./SignIn";
import { Stock } from "./Stock";
import { Stocktake } from "./Stocktake";
import { Supplier } from "./Supplier";

/** Who is signed in. Every screen asks for it along with its own data, so that it never takes a request. */
const Shell = graphql(`
  fragment Shell on Query {
    viewer {
      user { id name }
      rightsVersion
    }
  }
`);

const Logout = graphql(`
  mutation Logout {
    logout { userErrors { code } }
  }
`);

const SCREENS: Record<string, ComponentType<{ id: string }>> = {
  products: Products,
  supplier: Supplier,
  order: PurchaseOrder,
  stock: Stock,
  stocktake: Stocktake,
  report: Report,
};
const LINKS = { products: "商品", order: "采购", stock: "库存", stocktake: "盘点", report: "报表" };

export function App() {
  const signedIn = useReactiveVar(session);
  const [, name = "products", id = ""] = useHash().split("/");
  if (!signedIn) return <SignIn />;
  const Screen = SCREENS[name] ?? Products;
  return (
    <>
      <Head />
      <main>
        <Screen key={name + id} id={id} />
      </main>
    </>
  );
}

function Head() {
  const client = useApolloClient();
  const { data } = useFragment({ fragment: Shell, from: { __typename: "Query" } });
  const [logout] = useMutation(Logout);
  const rights = data.viewer?.rightsVersion;
  const before = useRef(rights);
  useEffect(() => {
    // what the cache holds may be hidden now, and what it lacks may not be
    if (before.current && rights && before.current !== rights) void client.resetStore();
    before.current = rights;
  }, [client, rights]);
  const leave = async () => {
    await logout();
    session(null);
    hidden({});
    location.hash = "";
    await client.clearStore();
  };
  return (
    <header>
      <nav>
        {Object.entries(LINKS).map(([path, text]) => (
          <a key={path} href={`#/${path}`}>
            {text}
          </a>
        ))}
      </nav>
      <span>{data.viewer?.user?.name}</span>
      <button onClick={leave}>退出</button>
    </header>
  );
}

function useHash() {
  const subscribe = (changed: () => void) => {
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  };
  return useSyncExternalStore(subscribe, () => location.hash);
}
