import { useEffect, useRef, useState, useTransition } from "react";
import { graphql, usePaginationFragment } from "react-relay";
import { List, useSettled } from "../list";
import type { Products_skus$key } from "./__generated__/Products_skus.graphql";
import type { ProductsPageQuery } from "./__generated__/ProductsPageQuery.graphql";

export function Products({ query }: { query: Products_skus$key }) {
  const { data, loadNext, hasNext, isLoadingNext, refetch } = usePaginationFragment<ProductsPageQuery, Products_skus$key>(
    graphql`
      fragment Products_skus on Query
      @refetchable(queryName: "ProductsPageQuery")
      @argumentDefinitions(
        search: { type: "String" }
        count: { type: "Int", defaultValue: 10 }
        cursor: { type: "String" }
      ) {
        skus(search: $search, first: $count, after: $cursor, orderBy: [{ field: CODE, direction: ASC }])
          @connection(key: "Products_skus", filters: ["search"]) {
          totalCount
          edges {
            node {
              id
              code
              name
              unit
            }
          }
        }
      }
    `,
    query,
  );
  const [typed, setTyped] = useState("");
  const [searching, startTransition] = useTransition();
  const search = useSettled(typed);
  const shown = useRef(search);
  useEffect(() => {
    if (shown.current === search) return;
    shown.current = search;
    startTransition(() => void refetch({ search }));
  }, [refetch, search]);
  return (
    <section id="products">
      <input name="search" value={typed} onChange={(event) => setTyped(event.target.value)} />
      <output data-search={searching ? undefined : shown.current}>{data.skus?.totalCount}</output>
      <List next={hasNext && !isLoadingNext ? () => loadNext(10) : undefined} head={<th>商品</th>}>
        {data.skus?.edges.map(({ node }) => (
          <tr key={node.id}>
            <td>{node.code} {node.name}</td>
          </tr>
        ))}
      </List>
    </section>
  );
}
